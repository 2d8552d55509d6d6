{{ config(materialized='table', tags=['ai']) }}

with

reviewed as (
    select * from {{ ref('reviewed_topics') }}
)

select {{ ai_fit('feedback_text', 'topic') }} as head
from reviewed
having count(*) > 0
