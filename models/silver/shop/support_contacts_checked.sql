{{ config(materialized='table') }}

with

landed as (
    select * from {{ ref('bronze_support_contacts') }}
),

customers as (
    select customer_id from {{ ref('shop_customers_checked') }}
),

typed as (
    select
        landed.contact_id,
        landed.copy_number,
        landed.customer_id,
        landed.contacted_at,
        lower(trim(landed.reason)) as reason,
        landed.minutes as minutes_text,
        {{ number_of('landed.minutes') }} as minutes_read,
        landed.is_resolved,
        landed.message,
        customers.customer_id is not null as is_known_customer,
        landed.updated_at
    from landed
    left join customers
        on landed.customer_id = customers.customer_id
)

select
    *,
    {{ quality_columns(support_contact_rules()) }}
from typed
