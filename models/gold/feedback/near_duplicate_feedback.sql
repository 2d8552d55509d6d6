{{ config(materialized='table', tags=['ai']) }}

select * from {{ ai_near_duplicates(ref('stg_feedback'), 'feedback_id', 'feedback_text', threshold=0.95) }}
