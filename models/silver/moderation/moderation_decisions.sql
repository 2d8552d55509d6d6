{{ config(materialized='table') }}

{%- set policy = moderation_policy() %}

with

scored as (
    select
        *,
        {{ ai_apply_policy('scores', policy=policy.thresholds) }} as decision
    from {{ ref('moderation_scores') }}
),

decided as (
    select
        content_id,
        scores,
        decision.value as model_level,
        decision.category as model_category,
        decision.score as category_score,
        decision.margin as policy_margin,
        ai_model
    from scored
),

content as (
    select * from {{ ref('stg_user_content') }}
),

reviewed as (
    select * from {{ ref('moderation_reviewed') }}
),

final as (
    select
        -- ids
        content.content_id,
        content.item_type,
        content.item_id,
        content.post_id,
        content.user_id,

        -- policy
        '{{ policy.name }}' as policy_name,
        '{{ policy.version }}' as policy_version,

        -- decision
        content.community,
        decided.model_level,
        decided.model_category,
        reviewed.decision as reviewer_decision,
        -- Without a score nobody knows what the text says: it waits for a person.
        coalesce(reviewed.decision, decided.model_level, 'review_required') as final_level,
        case
            when reviewed.decision is not null then 'reviewer'
            when decided.model_level is not null then 'policy'
            else 'no_score'
        end as decided_by,
        reviewed.reviewer,
        decided.ai_model,

        -- numerics
        decided.scores,
        decided.category_score,
        decided.policy_margin,

        -- booleans
        coalesce(reviewed.decision <> coalesce(decided.model_level, 'no_score'), false) as is_overridden,

        -- timestamps
        content.created_at,
        reviewed.reviewed_at
    from decided
    inner join content
        on decided.content_id = content.content_id
    left join reviewed
        on decided.content_id = reviewed.content_id
)

select * from final
