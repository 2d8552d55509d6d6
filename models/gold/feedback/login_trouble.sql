{{ config(materialized='table', tags=['ai']) }}

select
    feedback_id,
    customer_id,
    feedback_text,
    similarity
from {{ ai_search("'the customer cannot log in'", ref('stg_feedback'), 'feedback_text', k=20, filter='has_text') }}
