{{ config(materialized='view', tags=['content']) }}

with

interactions as (
    select * from {{ ref('stg_interactions') }}
),

posts as (
    select * from {{ ref('raw_posts') }}
),

{# Who posts reads too, though nothing may have been recorded. #}
final as (
    select user_id from interactions
    union
    select user_id from posts
    where user_id is not null
)

select * from final
