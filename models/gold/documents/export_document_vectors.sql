{{
    config(
        materialized='external',
        location=var('warehouse_ai_export_dir', 'target/exports') ~ '/document_vectors.parquet',
        format='parquet',
        pre_hook='{{ make_export_folder() }}',
    )
}}

with

embeddings as (
    select * from {{ ref('document_embeddings') }}
),

chunks as (
    select * from {{ ref('document_chunks') }}
),

final as (
    select
        chunks.chunk_id,
        chunks.path,
        chunks.ordinal,
        chunks.chunk_text,
        cast(embeddings.embedding as float[]) as embedding
    from embeddings
    inner join chunks
        on embeddings.chunk_id = chunks.chunk_id
)

select * from final
