{{ config(materialized='table') }}

with

feedback as (
    select * from {{ ref('enriched_feedback') }}
),

customers as (
    select * from {{ ref('enriched_customers') }}
),

grouped as (
    select
        -- grain
        coalesce(customers.predicted_segment, 'unknown') as segment,
        cast(date_trunc('week', feedback.submitted_at) as date) as feedback_week,
        coalesce(feedback.topic, 'unknown') as topic,

        -- measures
        count(*) as feedback_count,
        count(feedback.sentiment_score) as scored_count,
        avg(feedback.sentiment_score) as mean_sentiment,
        avg(cast(feedback.sentiment_label = 'negative' as integer)) as share_negative
    from feedback
    left join customers
        on feedback.customer_id = customers.customer_id
    group by all
)

select * from grouped
