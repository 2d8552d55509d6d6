-- A policy over kept scores answers on every text what the function answers on the text itself, under each policy of the project.
{%- set policies = {'default': none} -%}
{%- do policies.update(var('warehouse_ai_policies', {})) %}
with

scored as (
    select
        content.content_id,
        content.body,
        scores.scores
    from {{ ref('stg_user_content') }} as content
    inner join {{ ref('moderation_scores') }} as scores
        on content.content_id = scores.content_id
),

decided as (
    {% for name, policy in policies.items() -%}
    select
        content_id,
        '{{ name }}' as policy_name,
        {{ ai_moderate_detail('body', policy=policy) }} as asked,
        {{ ai_apply_policy('scores', policy=policy) }} as applied
    from scored
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select *
from decided
where
    asked.value is distinct from applied.value
    or asked.category is distinct from applied.category
