{{ config(materialized='table', tags=['ai']) }}

with

reviews as (
    select * from {{ ref('topic_reviews') }}
    where review_round <= {{ var('topic_review_rounds') }}
),

rounds as (
    select distinct review_round from reviews
),

-- What reviewers had labelled by the end of each round.
labelled as (
    select
        rounds.review_round,
        reviews.feedback_text,
        reviews.topic
    from rounds
    inner join reviews
        on rounds.review_round >= reviews.review_round
),

fitted as (
    select
        review_round,
        count(*) as label_count,
        {{ ai_fit('feedback_text', 'topic') }} as head
    from labelled
    group by review_round
)

select * from fitted
