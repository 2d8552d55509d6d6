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
        features.*,
        customers.plan
    from features
    inner join customers
        on features.customer_id = customers.customer_id
)

select * from final
