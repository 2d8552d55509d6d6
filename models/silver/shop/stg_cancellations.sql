{{ config(materialized='view') }}

with

latest as (
    {{ latest_version(ref('bronze_cancellations'), 'customer_id') }}
),

cleaned as (
    select
        -- ids
        customer_id,

        -- timestamps
        cancelled_at,
        updated_at
    from latest
    where cancelled_at is not null
)

select * from cleaned
