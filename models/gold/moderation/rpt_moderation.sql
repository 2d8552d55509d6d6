{{ config(materialized='table', tags=['report']) }}

with

decisions as (
    select * from {{ ref('moderation_decisions') }}
),

counted as (
    select
        -- grain
        coalesce(model_category, 'none') as category,
        coalesce(model_level, 'no_score') as model_level,

        -- policy
        policy_name,
        policy_version,

        -- measures
        count(*) as item_count,
        avg(category_score) as mean_score,
        count(reviewer_decision) as reviewed_count,
        count(*) filter (is_overridden) as overturned_count
    from decisions
    group by all
)

select
    *,
    overturned_count / nullif(reviewed_count, 0) as overturned_rate
from counted
order by item_count desc, category asc, model_level asc
