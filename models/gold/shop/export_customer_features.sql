{{
    config(
        materialized='external',
        location=var('warehouse_ai_export_dir', 'target/exports') ~ '/customer_features',
        format='parquet',
        options={'partition_by': 'plan', 'overwrite': 'true'},
        parquet_read_options={'hive_partitioning': true, 'union_by_name': true},
        pre_hook='{{ make_export_folder() }}',
    )
}}

with

features as (
    select * from {{ ref('fct_customer_features') }}
),

customers as (
    select * from {{ ref('stg_shop_customers') }}
),

final as (
    select
        features.customer_id,
        features.inputs_hash,
        features.favourite_category,
        features.favourite_channel,
        features.main_topic,
        features.purchases,
        features.total_amount,
        features.mean_amount,
        features.stddev_amount,
        features.max_amount,
        features.mean_quantity,
        features.recency_days,
        features.tenure_days,
        features.purchases_last_90_days,
        features.purchases_90_days_before,
        features.contacts_last_90_days,
        features.unresolved_contacts_last_90_days,
        features.latest_amount_ema,
        features.latest_amount_trend,
        features.messages,
        features.mean_sentiment,
        features.share_negative,
        features.message_centroid,
        features.ended_at,
        customers.plan
    from features
    inner join customers
        on features.customer_id = customers.customer_id
)

select * from final
