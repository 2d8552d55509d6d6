{{ config(materialized='table') }}

with

rounds as (
    select * from {{ ref('topic_head_rounds') }}
)

select head
from rounds
qualify row_number() over (order by review_round desc) = 1
