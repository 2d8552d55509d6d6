{{ config(materialized='table', tags=['ai']) }}

with

documents as (
    select
        path,
        text
    from {{ ref('parsed_documents') }}
    where state = 'ok'
),

cut as (
    select
        path,
        {{ ai_chunk('text', max_tokens=200, overlap=20) }} as chunks
    from documents
),

numbered as (
    select
        path,
        unnest(chunks) as chunk,
        generate_subscripts(chunks, 1) as ordinal
    from cut
),

final as (
    select
        -- ids
        md5(concat_ws(chr(31), path, ordinal)) as chunk_id,
        path,

        -- strings
        chunk.text as chunk_text,

        -- numerics
        cast(ordinal as integer) as ordinal,
        chunk.start as start_at,
        chunk."end" as end_at,
        chunk.tokens as token_count
    from numbered
)

select * from final
