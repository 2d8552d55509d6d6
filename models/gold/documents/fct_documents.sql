{{ config(materialized='table') }}

with

documents as (
    select * from {{ ref('parsed_documents') }}
),

fields as (
    select * from {{ ref('document_fields') }}
),

chunks as (
    select
        path,
        count(*) as chunk_count,
        sum(token_count) as token_count
    from {{ ref('document_chunks') }}
    group by path
),

final as (
    select
        -- ids
        documents.path,

        -- strings
        documents.file_name,
        documents.metadata['type'] as file_type,
        documents.state,
        documents.error,
        documents.title,
        fields.document_type,
        fields.category,
        fields.language,
        fields.summary,
        fields.organisations,
        fields.persons,
        fields.places,

        -- numerics
        fields.document_type_score,
        documents.pages,
        coalesce(length(documents.text), 0) as character_count,
        coalesce(chunks.chunk_count, 0) as chunk_count,
        cast(coalesce(chunks.token_count, 0) as bigint) as token_count,
        documents.size_bytes,

        -- timestamps
        documents.last_modified,
        documents.updated_at
    from documents
    left join fields
        on documents.path = fields.path
    left join chunks
        on documents.path = chunks.path
)

select * from final
