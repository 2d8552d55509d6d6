{{ config(materialized='incremental', incremental_strategy='append', on_schema_change='fail', tags=['content']) }}

{{ new_versions(ref('raw_articles'), 'article_id') }}
