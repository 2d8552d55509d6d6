{{ config(materialized='table', tags=['ai']) }}

with

feedback as (
    select * from {{ ref('stg_feedback') }}
    where has_text
),

reviews as (
    select * from {{ ref('topic_reviews') }}
    where feedback_id is not null and review_round <= {{ var('topic_review_rounds') }}
),

-- A table: a head that has learned from new reviews judges every message again, from cached embeddings.
judged as (
    select
        *,
        {{ ai_detect_language('feedback_text') }} as feedback_language,
        {{ ai_classify_detail('feedback_text', head=ref('topic_head')) }} as answer
    from feedback
),

scored as (
    select
        *,
        answer.value as predicted_topic,
        answer.score as topic_score,
        list_reverse_sort(map_values(answer.scores)) as best_scores
    from judged
),

final as (
    select
        -- ids
        scored.feedback_id,

        -- strings
        scored.feedback_text,
        scored.feedback_language,
        scored.predicted_topic,
        reviews.topic as reviewed_topic,
        coalesce(reviews.topic, scored.predicted_topic) as topic,
        case when reviews.topic is null then 'head' else 'reviewer' end as decided_by,

        -- numerics
        scored.topic_score,
        scored.best_scores[1] - scored.best_scores[2] as topic_margin,

        -- provenance and timestamps
        {{ ai_provenance() }},
        scored.updated_at
    from scored
    left join reviews
        on scored.feedback_id = reviews.feedback_id
)

select * from final
