{{ config(materialized='view') }}

with

interactions as (
    select * from {{ ref('stg_interactions') }}
),

written as (
    select * from {{ ref('stg_user_content') }}
),

{# Who writes reads too, though nothing may have been recorded. #}
final as (
    select user_id from interactions
    union
    select user_id from written
    where user_id is not null
)

select * from final
