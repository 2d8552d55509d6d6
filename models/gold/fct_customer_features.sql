{{ config(materialized='table') }}

with

customers as (
    select * from {{ ref('stg_shop_customers') }}
),

transactions as (
    select * from {{ ref('stg_transactions') }}
),

contacts as (
    select * from {{ ref('stg_support_contacts') }}
),

features as (
    select * from {{ ref('fct_transaction_features') }}
),

-- "now" is the last moment in the data, so that a build gives the same answers on any day
data_end as (
    select greatest(
        (select max(transactions.purchased_at) from transactions),
        (select max(contacts.contacted_at) from contacts)
    ) as ended_at
),

purchases as (
    select
        transactions.customer_id,
        count(*) as purchases,
        sum(transactions.amount) as total_amount,
        avg(transactions.amount) as mean_amount,
        stddev_samp(transactions.amount) as stddev_amount,
        max(transactions.amount) as max_amount,
        avg(transactions.quantity) as mean_quantity,
        min(transactions.purchased_at) as first_purchased_at,
        max(transactions.purchased_at) as last_purchased_at,
        count(*) filter (
            where transactions.purchased_at > data_end.ended_at - interval 90 day
        ) as purchases_last_90_days,
        count(*) filter (
            where
            transactions.purchased_at > data_end.ended_at - interval 180 day
            and transactions.purchased_at <= data_end.ended_at - interval 90 day
        ) as purchases_90_days_before
    from transactions
    cross join data_end
    group by transactions.customer_id
),

support as (
    select
        contacts.customer_id,
        count(*) as contacts_last_90_days,
        count(*) filter (where not contacts.is_resolved) as unresolved_contacts_last_90_days
    from contacts
    cross join data_end
    where contacts.contacted_at > data_end.ended_at - interval 90 day
    group by contacts.customer_id
),

categories as (
    select
        customer_id,
        category as favourite_category
    from transactions
    where category is not null
    group by customer_id, category
    qualify row_number() over (partition by customer_id order by count(*) desc, category) = 1
),

channels as (
    select
        customer_id,
        channel as favourite_channel
    from transactions
    where channel is not null
    group by customer_id, channel
    qualify row_number() over (partition by customer_id order by count(*) desc, channel) = 1
),

latest as (
    select
        customer_id,
        amount_ema,
        amount_trend
    from features
    qualify row_number() over (partition by customer_id order by purchased_at desc, transaction_id desc) = 1
),

final as (
    select
        -- ids
        customers.customer_id,

        -- strings
        categories.favourite_category,
        channels.favourite_channel,

        -- numerics
        coalesce(purchases.purchases, 0) as purchases,
        purchases.total_amount,
        purchases.mean_amount,
        purchases.stddev_amount,
        purchases.max_amount,
        purchases.mean_quantity,
        epoch(data_end.ended_at - purchases.last_purchased_at) / 86400 as recency_days,
        epoch(data_end.ended_at - coalesce(customers.signed_up_at, purchases.first_purchased_at)) / 86400 as tenure_days,
        coalesce(purchases.purchases_last_90_days, 0) as purchases_last_90_days,
        coalesce(purchases.purchases_90_days_before, 0) as purchases_90_days_before,
        coalesce(support.contacts_last_90_days, 0) as contacts_last_90_days,
        coalesce(support.unresolved_contacts_last_90_days, 0) as unresolved_contacts_last_90_days,
        latest.amount_ema as latest_amount_ema,
        latest.amount_trend as latest_amount_trend,

        -- timestamps
        data_end.ended_at
    from customers
    cross join data_end
    left join purchases
        on customers.customer_id = purchases.customer_id
    left join support
        on customers.customer_id = support.customer_id
    left join categories
        on customers.customer_id = categories.customer_id
    left join channels
        on customers.customer_id = channels.customer_id
    left join latest
        on customers.customer_id = latest.customer_id
)

select * from final
