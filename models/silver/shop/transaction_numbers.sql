{{ config(materialized='table') }}

{#- The model of anomalies is fitted on what had landed before. -#}
{% set training_end = var('shop_training_end', '2026-01-01') %}

with

checked as (
    select * from {{ ref('transactions_checked') }}
),

{# One amount is no habit: a median of fewer than three would call the next purchase odd instead of the one that was. #}
compared as (
    select
        *,
        median(amount_read) over before as own_median,
        count(amount_read) over before as own_amounts
    from checked
    window before as (
        partition by customer_id
        order by landed_at, transaction_id, copy_number
        rows between unbounded preceding and 1 preceding
    )
),

final as (
    select
        -- ids
        transaction_id,
        copy_number,

        -- numerics
        amount_read as amount,
        quantity_read as quantity,
        epoch(landed_at - purchased_at) / 86400 as days_to_land,
        case when own_amounts >= 3 then amount_read / nullif(own_median, 0) end as amount_to_own_median,

        -- booleans
        coalesce(landed_at < timestamp '{{ training_end }}', false) as is_past,

        -- timestamps
        landed_at
    from compared
)

select * from final
