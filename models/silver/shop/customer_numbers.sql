{{ config(materialized='table') }}

{#- The model of anomalies is fitted on what had been written before. -#}
{% set training_end = var('shop_training_end', '2026-01-01') %}

with

checked as (
    select * from {{ ref('shop_customers_checked') }}
),

final as (
    select
        -- ids
        customer_id,

        -- numerics
        age_read as age,
        income_read as income,
        credit_score_read as credit_score,
        epoch(max(changed_at) over () - signed_up_at) / 86400 as days_since_signup,

        -- booleans
        coalesce(changed_at < timestamp '{{ training_end }}', false) as is_past,

        -- timestamps
        changed_at
    from checked
)

select * from final
