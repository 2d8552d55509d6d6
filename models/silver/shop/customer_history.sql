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

customers as (
    select * from {{ ref('stg_shop_customers') }}
),

transactions as (
    select * from {{ ref('stg_transactions') }}
),

contacts as (
    select * from {{ ref('stg_support_contacts') }}
),

signals as (
    select * from {{ ref('contact_signals') }}
),

features as (
    select * from {{ ref('fct_transaction_features') }}
),

landed as (
    select
        customer_id,
        'transaction' as kind,
        updated_at
    from transactions
    union all
    select
        customer_id,
        'contact' as kind,
        updated_at
    from contacts
    union all
    select
        customer_id,
        'signal' as kind,
        processed_at as updated_at
    from signals
    union all
    select
        customer_id,
        'feature' as kind,
        cast(null as timestamp) as updated_at
    from features
),

arrivals as (
    select
        customer_id,
        kind,
        count(*) || ' ' || coalesce(max(updated_at), timestamp 'epoch') as state
    from landed
    group by customer_id, kind
),

states as (
    select
        customers.customer_id,
        customers.signed_up_at,
        md5(
            customers.updated_at || coalesce(string_agg(arrivals.kind || ' ' || arrivals.state, ';' order by arrivals.kind), '')
        ) as inputs_hash
    from customers
    left join arrivals
        on customers.customer_id = arrivals.customer_id
    group by customers.customer_id, customers.signed_up_at, customers.updated_at
),

changed as (
    select states.*
    from states
    {% if is_incremental() -%}
    anti join {{ this }} as known
        on
            states.customer_id = known.customer_id
            and states.inputs_hash = known.inputs_hash
    {%- endif %}
),

changed_transactions as (
    select transactions.*
    from transactions
    semi join changed
        on transactions.customer_id = changed.customer_id
),

changed_signals as (
    select signals.*
    from signals
    semi join changed
        on signals.customer_id = changed.customer_id
),

-- A sum of floating point numbers depends on their order in its last bits: in one order, every run gives the same.
purchases as (
    select
        customer_id,
        count(*) as purchases,
        sum(amount order by transaction_id) as total_amount,
        avg(amount order by transaction_id) as mean_amount,
        stddev_samp(amount order by transaction_id) as stddev_amount,
        max(amount) as max_amount,
        avg(quantity order by transaction_id) as mean_quantity,
        min(purchased_at) as first_purchased_at,
        max(purchased_at) as last_purchased_at
    from changed_transactions
    group by customer_id
),

categories as (
    select
        customer_id,
        category as favourite_category
    from changed_transactions
    where category is not null
    group by customer_id, category
    qualify row_number() over (partition by customer_id order by count(*) desc, category) = 1
),

channels as (
    select
        customer_id,
        channel as favourite_channel
    from changed_transactions
    where channel is not null
    group by customer_id, channel
    qualify row_number() over (partition by customer_id order by count(*) desc, channel) = 1
),

latest as (
    select
        features.customer_id,
        features.amount_ema,
        features.amount_trend
    from features
    semi join changed
        on features.customer_id = changed.customer_id
    qualify row_number() over (partition by features.customer_id order by features.purchased_at desc, features.transaction_id desc) = 1
),

messages as (
    select
        customer_id,
        count(*) as messages,
        avg(sentiment_score order by contact_id) as mean_sentiment,
        avg(cast(sentiment_label = 'negative' as integer)) as share_negative
    from changed_signals
    group by customer_id
),

topics as (
    select
        customer_id,
        topic as main_topic
    from changed_signals
    where topic is not null
    group by customer_id, topic
    qualify row_number() over (partition by customer_id order by count(*) desc, topic) = 1
),

stacks as (
    select
        customer_id,
        list(cast(embedding as double[]) order by contact_id) as stack
    from changed_signals
    group by customer_id
),

totals as (
    select
        customer_id,
        list_transform(range(1, 385), lambda i: list_sum(list_transform(stack, lambda embedding: embedding[i]))) as total
    from stacks
),

-- The mean and the sum have one direction.
centroids as (
    select
        customer_id,
        list_transform(total, lambda number: number / nullif(sqrt(list_dot_product(total, total)), 0)) as message_centroid
    from totals
),

final as (
    select
        -- ids
        changed.customer_id,
        changed.inputs_hash,

        -- purchases
        coalesce(purchases.purchases, 0) as purchases,
        purchases.total_amount,
        purchases.mean_amount,
        purchases.stddev_amount,
        purchases.max_amount,
        purchases.mean_quantity,
        categories.favourite_category,
        channels.favourite_channel,
        latest.amount_ema as latest_amount_ema,
        latest.amount_trend as latest_amount_trend,

        -- messages
        coalesce(messages.messages, 0) as messages,
        messages.mean_sentiment,
        messages.share_negative,
        topics.main_topic,
        -- DuckDB 2.0 casts the unset lists of unmatched rows too, and fails, unless it is told which rows.
        case
            when centroids.message_centroid is not null then cast(centroids.message_centroid as float[384])
        end as message_centroid,

        -- timestamps
        coalesce(changed.signed_up_at, purchases.first_purchased_at) as joined_at,
        purchases.last_purchased_at
    from changed
    left join purchases
        on changed.customer_id = purchases.customer_id
    left join categories
        on changed.customer_id = categories.customer_id
    left join channels
        on changed.customer_id = channels.customer_id
    left join latest
        on changed.customer_id = latest.customer_id
    left join messages
        on changed.customer_id = messages.customer_id
    left join topics
        on changed.customer_id = topics.customer_id
    left join centroids
        on changed.customer_id = centroids.customer_id
)

select * from final
