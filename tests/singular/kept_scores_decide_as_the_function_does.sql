-- A policy over kept scores answers on every text what the function answers on the text itself, under each policy of the project.
with

scored as (
    select
        texts.content_id,
        texts.body,
        scores.scores
    from {{ ref('stg_user_content') }} as texts
    inner join {{ ref('moderation_scores') }} as scores
        on texts.content_id = scores.content_id
),

decided as (
    select
        content_id,
        {{ ai_moderate_detail('body') }} as asked,
        {{ ai_apply_policy('scores') }} as applied,
        {{ ai_moderate_detail('body', policy='strict') }} as asked_strictly,
        {{ ai_apply_policy('scores', policy='strict') }} as applied_strictly
    from scored
)

select *
from decided
where
    asked.value is distinct from applied.value
    or asked.category is distinct from applied.category
    or asked_strictly.value is distinct from applied_strictly.value
    or asked_strictly.category is distinct from applied_strictly.category
