{{ config(materialized='table', tags=['ai']) }}

with

feedback as (
    select * from {{ ref('enriched_feedback') }}
),

grouped as (
    select
        topic,
        count(*) as feedback_count,
        {{ ai_summarize_agg('feedback_text', max_words=60) }} as topic_summary
    from feedback
    where topic is not null
    group by topic
)

select * from grouped
