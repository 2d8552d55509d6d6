{{ config(materialized='table') }}

with

decisions as (
    select * from {{ ref('moderation_decisions') }}
),

counted as (
    select
        -- grain
        cast(created_at as date) as content_day,
        community,
        item_type,

        -- policy
        policy_name,
        policy_version,

        -- counts
        count(*) as item_count,
        count(*) filter (final_level = 'approved') as approved_count,
        count(*) filter (final_level = 'flagged') as flagged_count,
        count(*) filter (final_level = 'review_required') as review_required_count,
        count(*) filter (final_level = 'rejected') as rejected_count,
        count(reviewer_decision) as reviewed_count,
        count(*) filter (is_overridden) as overturned_count
    from decisions
    group by all
),

final as (
    select
        *,
        rejected_count / item_count as share_rejected,
        overturned_count / nullif(reviewed_count, 0) as share_overturned
    from counted
)

select * from final
