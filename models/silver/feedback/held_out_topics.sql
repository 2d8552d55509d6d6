{{ config(materialized='view') }}

with

labels as (
    select * from {{ ref('feedback_labels') }}
),

feedback as (
    select * from {{ ref('stg_feedback') }}
),

-- By the text too: a copy of a reviewed message is known to the head as well as the message itself.
unseen as (
    select
        labels.feedback_id,
        labels.topic,
        labels.language
    from labels
    inner join feedback
        on labels.feedback_id = feedback.feedback_id
    where
        labels.topic is not null
        and not labels.is_planted_duplicate
        and not exists (
            select 1
            from {{ ref('topic_reviews') }} as reviews
            where reviews.feedback_id = labels.feedback_id or trim(reviews.feedback_text) = feedback.feedback_text
        )
)

select * from unseen
