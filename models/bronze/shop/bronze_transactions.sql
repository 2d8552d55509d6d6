{{ config(materialized='incremental', incremental_strategy='append', on_schema_change='fail') }}

with

landed as (
    select
        *,
        row_number() over (partition by transaction_id order by landed_at) as copy_number
    from {{ ref('raw_transactions') }}
)

{{ new_rows('landed', ['transaction_id', 'copy_number'], 'raw_transactions') }}
