{#-
    Batches end today, wherever the data end. So the months to look back on reach from the var's month to this one: a line that landed late
    changes its own month, on whichever day the build runs.
-#}
{%- set begin = var('warehouse_ai_interactions_look_back_to', '2026-04-01') | string -%}
{%- set today = modules.datetime.datetime.now(modules.pytz.utc) -%}
{{
    config(
        materialized='incremental',
        incremental_strategy='microbatch',
        event_time='hour_start',
        begin='2026-04-01',
        batch_size='month',
        lookback=[1, 12 * (today.year - begin[:4] | int) + today.month - begin[5:7] | int] | max,
        on_schema_change='fail',
    )
}}

with

interactions as (
    select * from {{ ref('stg_interactions') }}
),

final as (
    select
        -- grain
        item_type,
        item_id,
        date_trunc('hour', occurred_at) as hour_start,

        -- numerics
        count(*) as interactions,
        count(*) filter (where kind = 'share') as shares,
        count(distinct user_id) as readers,
        sum(strength) as engagement
    from interactions
    group by item_type, item_id, hour_start
)

select * from final
