-- A blank message gets NULLs and the reason, never a made-up value.
select feedback_id
from {{ ref('enriched_feedback') }}
where
    coalesce(feedback_text, '') = ''
    and (
        sentiment_score is not null
        or topic is not null
        or (feedback_text is not null and ai_error <> 'empty_input')
    )
