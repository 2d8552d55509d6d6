{{ config(materialized='table', tags=['content']) }}

{%- set policy = moderation_policy() %}

with

scores as (
    select
        *,
        {{ ai_apply_policy('scores', policy=policy.thresholds) }} as decision
    from {{ ref('moderation_scores') }}
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
        scores.decision.value as model_level,
        scores.decision.category as model_category,
        reviewed.decision as reviewer_decision,
        -- Without a score nobody knows what the text says: it waits for a person.
        coalesce(reviewed.decision, scores.decision.value, 'review_required') as final_level,
        case
            when reviewed.decision is not null then 'reviewer'
            when scores.decision.value is not null then 'policy'
            else 'no_score'
        end as decided_by,
        reviewed.reviewer,
        scores.ai_model,

        -- numerics
        scores.scores,
        scores.decision.score as category_score,
        scores.decision.margin as policy_margin,

        -- booleans
        coalesce(reviewed.decision <> coalesce(scores.decision.value, 'no_score'), false) as is_overridden,

        -- timestamps
        content.created_at,
        reviewed.reviewed_at
    from scores
    inner join content
        on scores.content_id = content.content_id
    left join reviewed
        on scores.content_id = reviewed.content_id
)

select * from final
