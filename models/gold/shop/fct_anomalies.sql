{{ config(materialized='table') }}

with

transactions as (
    select * from {{ ref('transaction_anomalies') }}
),

customers as (
    select * from {{ ref('customer_anomalies') }}
),

scored as (
    select
        * exclude (transaction_id),
        'transaction' as row_kind,
        transaction_id as row_key
    from transactions
    union all by name
    select
        * exclude (customer_id),
        'customer' as row_kind,
        customer_id as row_key,
        cast(1 as bigint) as copy_number
    from customers
),

final as (
    select
        -- ids
        row_kind || ' ' || row_key || '-' || copy_number as anomaly_id,
        row_kind,
        row_key,
        copy_number,

        -- numerics
        score,
        threshold,

        -- booleans
        is_anomaly,

        -- lists
        odd_columns,

        -- origin
        model_id,
        scored_at
    from scored
)

select * from final
