{{
    config(
        materialized='incremental',
        unique_key='customer_id',
        incremental_strategy='delete+insert',
        on_schema_change='fail',
        post_hook="delete from {{ this }} where customer_id not in (select customer_id from {{ ref('stg_shop_customers') }})",
    )
}}

with

history as (
    select * from {{ ref('customer_history') }}
),

transactions as (
    select * from {{ ref('stg_transactions') }}
),

contacts as (
    select * from {{ ref('stg_support_contacts') }}
),

-- "now" is the last moment in the data, so that a build gives the same answers on any day
data_end as (
    select greatest(
        (select max(transactions.purchased_at) from transactions),
        (select max(contacts.contacted_at) from contacts)
    ) as ended_at
),

moved as (
    select
        history.*,
        data_end.ended_at
    from history
    cross join data_end
    {% if is_incremental() -%}
    anti join {{ this }} as known
        on
            history.customer_id = known.customer_id
            and history.inputs_hash = known.inputs_hash
            and data_end.ended_at = known.ended_at
    {%- endif %}
),

purchases as (
    select
        transactions.customer_id,
        count(*) filter (
            where transactions.purchased_at > moved.ended_at - interval 90 day
        ) as purchases_last_90_days,
        count(*) filter (
            where transactions.purchased_at <= moved.ended_at - interval 90 day
        ) as purchases_90_days_before
    from transactions
    inner join moved
        on
            transactions.customer_id = moved.customer_id
            and transactions.purchased_at > moved.ended_at - interval 180 day
    group by transactions.customer_id
),

support as (
    select
        contacts.customer_id,
        count(*) as contacts_last_90_days,
        count(*) filter (where not contacts.is_resolved) as unresolved_contacts_last_90_days
    from contacts
    inner join moved
        on
            contacts.customer_id = moved.customer_id
            and contacts.contacted_at > moved.ended_at - interval 90 day
    group by contacts.customer_id
),

final as (
    select
        -- ids
        moved.customer_id,
        moved.inputs_hash,

        -- strings
        moved.favourite_category,
        moved.favourite_channel,
        moved.main_topic,

        -- numerics
        moved.purchases,
        moved.total_amount,
        moved.mean_amount,
        moved.stddev_amount,
        moved.max_amount,
        moved.mean_quantity,
        epoch(moved.ended_at - moved.last_purchased_at) / 86400 as recency_days,
        epoch(moved.ended_at - moved.joined_at) / 86400 as tenure_days,
        coalesce(purchases.purchases_last_90_days, 0) as purchases_last_90_days,
        coalesce(purchases.purchases_90_days_before, 0) as purchases_90_days_before,
        coalesce(support.contacts_last_90_days, 0) as contacts_last_90_days,
        coalesce(support.unresolved_contacts_last_90_days, 0) as unresolved_contacts_last_90_days,
        moved.latest_amount_ema,
        moved.latest_amount_trend,
        moved.messages,
        moved.mean_sentiment,
        moved.share_negative,
        moved.message_centroid,

        -- timestamps
        moved.ended_at
    from moved
    left join purchases
        on moved.customer_id = purchases.customer_id
    left join support
        on moved.customer_id = support.customer_id
)

select * from final
