{{ config(materialized='table', tags=['ai']) }}

with

articles as (
    select * from {{ ref('stg_articles') }}
),

cut as (
    select
        article_id,
        source,
        published_at,
        title,
        unnest({{ ai_chunk('body', max_tokens=200) }}) as chunk
    from articles
),

numbered as (
    select
        article_id,
        source,
        published_at,
        row_number() over (partition by article_id order by chunk.start) as passage_number,
        concat_ws(e'\n\n', title, chunk.text) as passage_text
    from cut
)

select
    -- ids
    article_id || '-' || passage_number as passage_id,
    article_id,

    -- strings
    source,
    passage_text,

    -- numerics
    passage_number,
    {{ ai_count_tokens('passage_text') }} as passage_tokens,

    -- vectors
    {{ ai_embed('passage_text') }} as passage_embedding,

    -- timestamps
    published_at
from numbered
