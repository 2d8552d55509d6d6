-- Where somebody reviewed a text their latest decision stands; where nobody did, the policy's.
with

latest as (
    select
        item_type,
        item_id,
        arg_max(decision, reviewed_at) as decision
    from {{ ref('moderation_reviews') }}
    group by item_type, item_id
)

select
    decisions.content_id,
    decisions.model_level,
    decisions.final_level,
    latest.decision
from {{ ref('moderation_decisions') }} as decisions
left join latest
    on decisions.item_type = latest.item_type and decisions.item_id = latest.item_id
where
    decisions.final_level is distinct from coalesce(latest.decision, decisions.model_level, 'review_required')
    or decisions.is_overridden <> (latest.decision is not null and latest.decision is distinct from decisions.model_level)
