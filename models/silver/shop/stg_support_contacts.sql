{{ config(materialized='view') }}

with

checked as (
    select * from {{ ref('support_contacts_checked') }}
),

customers as (
    select customer_id from {{ ref('stg_shop_customers') }}
)

-- A contact without its reason or its minutes is a contact all the same: only what nobody can be asked about stays away.
select
    checked.contact_id,
    checked.customer_id,
    checked.contacted_at,
    checked.reason,
    case when checked.minutes_read >= 0 then checked.minutes_read end as minutes,
    checked.is_resolved,
    nullif(trim(checked.message), '') as message,
    checked.updated_at
from checked
inner join customers
    on checked.customer_id = customers.customer_id
where checked.copy_number = 1
