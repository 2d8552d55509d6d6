{{ config(materialized='table') }}

with

landed as (
    select * from {{ ref('bronze_transactions') }}
),

customers as (
    select customer_id from {{ ref('shop_customers_checked') }}
),

typed as (
    select
        landed.transaction_id,
        landed.copy_number,
        landed.customer_id,
        landed.purchased_at,
        landed.quantity as quantity_text,
        {{ number_of('landed.quantity') }} as quantity_read,
        landed.amount as amount_text,
        {{ number_of('landed.amount') }} as amount_read,
        lower(trim(landed.category)) as category,
        lower(trim(landed.channel)) as channel,
        landed.landed_at,
        customers.customer_id is not null as is_known_customer,
        landed.updated_at
    from landed
    left join customers
        on landed.customer_id = customers.customer_id
)

select
    *,
    {{ quality_columns(transaction_rules()) }}
from typed
