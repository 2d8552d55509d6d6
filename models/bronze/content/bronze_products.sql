{{ config(materialized='incremental', incremental_strategy='append', on_schema_change='fail') }}

with

landed as (
    select
        * exclude (updated_at),
        updated_at as changed_at
    from {{ ref('raw_products') }}
)

{{ new_rows('landed', ['product_id', 'changed_at'], 'raw_products') }}
