{{ config(materialized='view') }}

with

latest as (
    {{ latest_version(ref('bronze_articles'), 'article_id') }}
),

cleaned as (
    select
        -- ids
        article_id,

        -- strings
        source,
        nullif(trim(author), '') as author,
        trim(title) as title,
        trim(body) as body,
        nullif(trim(concat_ws(e'\n\n', trim(title), trim(body))), '') as article_text,

        -- timestamps
        published_at,
        updated_at
    from latest
)

select * from cleaned
