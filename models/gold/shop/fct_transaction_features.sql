{{ config(materialized='table') }}

with

features as (
    select * from {{ ref('transaction_features') }}
),

final as (
    select
        -- ids
        transaction_id,
        customer_id,

        -- numerics
        amount_mean_5,
        amount_log1p,
        amount_sqrt,
        amount_zscore,
        amount_p25,
        amount_p50,
        amount_p75,
        amount_p95,
        amount_per_quantity,
        quantity_per_amount,
        amount_ema,
        amount_trend,
        amount_acceleration,
        days_since_previous,
        days_since_first,

        -- timestamps
        purchased_at
    from features
)

select * from final
