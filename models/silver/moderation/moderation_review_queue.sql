{{ config(materialized='table') }}

with

decisions as (
    select * from {{ ref('moderation_decisions') }}
),

opinions as (
    select * from {{ ref('moderation_second_opinion') }}
),

content as (
    select * from {{ ref('stg_user_content') }}
),

waiting as (
    select
        decisions.*,
        content.body,
        opinions.second_opinion,
        opinions.harm_probability,
        case
            when decisions.decided_by = 'no_score' then 'no_score'
            when decisions.model_level = 'review_required' then 'review_required'
            when decisions.model_level = 'flagged' and decisions.policy_margin <= 0.1 then 'near_border'
            when decisions.model_level = 'approved' and opinions.harm_probability >= 0.7 then 'second_opinion'
        end as queue_reason
    from decisions
    inner join content
        on decisions.content_id = content.content_id
    left join opinions
        on decisions.content_id = opinions.content_id
    where decisions.decided_by <> 'reviewer'
),

ranked as (
    select
        -- What the policy held back waits for its answer; of the rest, first what reviewers would most probably not approve.
        row_number() over (
            order by queue_reason = 'second_opinion' asc, harm_probability desc nulls first, policy_margin asc, content_id asc
        ) as queue_position,
        content_id,
        queue_reason,
        body,
        community,
        model_level,
        model_category,
        second_opinion,
        harm_probability,
        policy_margin,
        policy_name,
        policy_version,
        created_at
    from waiting
    where queue_reason is not null
)

select * from ranked
order by queue_position
