{{ config(materialized='incremental', incremental_strategy='append', on_schema_change='fail') }}

{{ new_versions(ref('raw_cancellations'), 'customer_id') }}
