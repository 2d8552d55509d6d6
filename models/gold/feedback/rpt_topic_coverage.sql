{{ config(materialized='table') }}

with

coverage as (
    select *
    from {{ ai_coverage(ref('enriched_feedback'), 'topic', 'topic_score', ref('feedback_labels'), key='feedback_id', label='topic') }}
)

select * from coverage
