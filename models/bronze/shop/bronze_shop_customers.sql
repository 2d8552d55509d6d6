{{ config(materialized='incremental', incremental_strategy='append', on_schema_change='fail') }}

{{ new_rows(ref('raw_shop_customers'), ['change_id'], 'raw_shop_customers') }}
