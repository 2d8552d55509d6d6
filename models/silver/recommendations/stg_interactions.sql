{{ config(materialized='view', event_time='occurred_at') }}

{%- set strengths = var('warehouse_ai_interaction_strengths', {'view': 1, 'like': 3, 'comment': 4, 'save': 4, 'share': 5}) %}

with

landed as (
    select * from {{ ref('bronze_interactions') }}
),

final as (
    select
        -- ids
        interaction_id,
        user_id,
        item_type,
        item_id,

        -- strings
        kind,

        -- numerics
        cast(
            case kind
                {%- for kind, strength in strengths.items() %}
                    when {{ warehouse_ai._wai_literal(kind) }} then {{ strength }}
                {%- endfor %}
            end as double
        ) as strength,

        -- timestamps
        occurred_at,
        landed_at,
        updated_at
    from landed
    where
        copy_number = 1
        and occurred_at <= landed_at
        and user_id is not null
        and item_type in ('article', 'post')
        and item_id is not null
        and kind in ('{{ strengths | join("', '") }}')
)

select * from final
