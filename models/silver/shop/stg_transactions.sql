{{ config(materialized='view') }}

with

checked as (
    select * from {{ ref('transactions_checked') }}
),

customers as (
    select customer_id from {{ ref('stg_shop_customers') }}
),

{# A value that breaks a rule is unknown; a row that cannot be placed in time or has no customer is of no use to anybody downstream. #}
cleaned as (
    select
        -- ids
        transaction_id,
        customer_id,

        -- timestamps
        purchased_at,

        -- numerics
        case when quantity_read >= 1 then quantity_read end as quantity,
        case when amount_read > 0 and amount_read <= 10000 then amount_read end as amount,

        -- strings
        case when category in ('garden', 'kitchen', 'lighting', 'storage', 'textiles') then category end as category,
        case when channel in ('app', 'store', 'web') then channel end as channel,

        landed_at,
        updated_at
    from checked
    where
        quality_tier = 'high'
        and copy_number = 1
        and purchased_at <= landed_at
)

select cleaned.*
from cleaned
inner join customers
    on cleaned.customer_id = customers.customer_id
