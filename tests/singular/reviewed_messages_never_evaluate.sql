-- No message that a reviewer was shown, nor one with the same text, is among those by which a head is judged.
select
    held_out.feedback_id,
    reviews.review_round
from {{ ref('held_out_topics') }} as held_out
inner join {{ ref('stg_feedback') }} as feedback
    on held_out.feedback_id = feedback.feedback_id
inner join {{ ref('topic_reviews') }} as reviews
    on held_out.feedback_id = reviews.feedback_id or lower(feedback.feedback_text) = lower(trim(reviews.feedback_text))
