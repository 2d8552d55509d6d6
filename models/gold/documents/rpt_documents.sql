{{ config(materialized='table', tags=['report']) }}

with

documents as (
    select * from {{ ref('fct_documents') }}
),

fields as (
    select * from {{ ref('document_fields') }}
),

truth as (
    select * from {{ ref('document_truth') }}
),

compared as (
    select
        truth.path,
        -- Of six fields, those equal to the truth; a field that an invoice lacks must be missing.
        (
            cast(fields.invoice_number is not distinct from truth.invoice_number as integer)
            + cast(fields.invoice_date is not distinct from truth.invoice_date as integer)
            + cast(fields.total is not distinct from truth.total as integer)
            + cast(fields.currency is not distinct from truth.currency as integer)
            + cast(fields.seller is not distinct from truth.seller as integer)
            + cast(fields.buyer is not distinct from truth.buyer as integer)
        ) / 6 as share_right
    from truth
    left join fields
        on truth.path = fields.path
    where truth.document_type = 'invoice'
),

counted as (
    select
        coalesce(truth.document_type, documents.document_type, 'unreadable') as document_type,
        count(*) as document_count,
        count(*) filter (documents.state = 'ok') as parsed_count,
        count(*) filter (documents.document_type = truth.document_type) as right_type_count,
        coalesce(sum(documents.pages), 0) as page_count,
        sum(documents.chunk_count) as chunk_count,
        avg(compared.share_right) as invoice_fields_right
    from documents
    left join truth
        on documents.path = truth.path
    left join compared
        on documents.path = compared.path
    group by all
),

final as (
    select
        document_type,
        document_count,
        parsed_count,
        right_type_count,
        cast(page_count as bigint) as page_count,
        cast(chunk_count as bigint) as chunk_count,
        invoice_fields_right
    from counted
)

select * from final
