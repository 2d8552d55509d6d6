{{ config(materialized='incremental', incremental_strategy='append', on_schema_change='fail') }}

with

landed as (
    select
        *,
        row_number() over (partition by contact_id order by contacted_at) as copy_number
    from {{ ref('raw_support_contacts') }}
)

{{ new_rows('landed', ['contact_id', 'copy_number'], 'raw_support_contacts') }}
