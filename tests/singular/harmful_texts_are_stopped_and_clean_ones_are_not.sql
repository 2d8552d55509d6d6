-- Evaluates the default policy on the truth, against what it was measured to do. It stops four of five texts that have to be rejected: spam
-- and open hate, and about every other threat. See docs/moderation.md for each kind.
with

decided as (
    select
        truth.kind,
        truth.level,
        {{ ai_apply_policy('scores.scores') }} as decision
    from {{ ref('moderation_truth') }} as truth
    inner join {{ ref('moderation_scores') }} as scores
        on truth.item_type || '-' || truth.item_id = scores.content_id
),

measured as (
    select
        count(*) filter (level = 'rejected' and decision.value <> 'approved') / count(*) filter (level = 'rejected') as share_stopped,
        count(*) filter (kind = 'clean' and decision.value = 'approved') / count(*) filter (kind = 'clean') as share_clean_approved
    from decided
)

select *
from measured
where coalesce(share_stopped, 0) < 0.75 or coalesce(share_clean_approved, 0) < 0.98
