{{ config(materialized='view') }}

with

ledger as (
    select * from {{ source('warehouse_ai', 'ai_ledger') }}
),

with_speed as (
    select
        -- grain
        invocation_id,
        node_id,
        function,
        model,
        revision,
        device,

        -- counts
        rows,
        nulls,
        distinct_texts,
        cache_hits,
        computed,
        windows,
        tokens,
        errors,
        truncated,

        -- time and money
        seconds,
        rows / nullif(seconds, 0) as rows_per_second,
        cost_usd,
        started_at
    from ledger
)

select * from with_speed
