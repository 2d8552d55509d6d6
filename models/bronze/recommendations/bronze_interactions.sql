{{ config(materialized='incremental', incremental_strategy='append', on_schema_change='fail') }}

with

landed as (
    select
        *,
        row_number() over (partition by interaction_id order by landed_at) as copy_number
    from {{ ref('raw_interactions') }}
)

{{ new_rows('landed', ['interaction_id', 'copy_number'], 'raw_interactions') }}
