{{ config(materialized='incremental', incremental_strategy='append', on_schema_change='fail') }}

{{ new_files(var('warehouse_ai_documents', 'files/documents/*')) }}
