{{
    config(
        materialized='incremental',
        unique_key='path',
        incremental_strategy='delete+insert',
        on_schema_change='fail',
        tags=['ai', 'content'],
        post_hook="{{ warehouse_ai.without_vanished() }}",
    )
}}

with

documents as (
    select *
    from {{ ref('parsed_documents') }}
    {% if is_incremental() -%}
    where updated_at > (select coalesce(max(updated_at), timestamp '-infinity') from {{ this }})
    {%- endif %}
),

typed as (
    select
        *,
        {{ ai_classify_detail('text', 'document_type') }} as type,
        {{ ai_classify('text', 'department') }} as category,
        {{ ai_detect_language('text') }} as language,
        {{ ai_summarize('text', max_words=50) }} as summary,
        {{ ai_extract('text', {'organisation': 'string[]', 'person': 'string[]', 'place': 'string[]'}) }} as entities
    from documents
),

invoices as (
    select
        *,
        case when type.value = 'invoice' then text end as invoice_text
    from typed
),

extracted as (
    select
        *,
        {{ ai_extract('invoice_text', invoice_fields()) }} as fields,
        list_distinct({{ company_names('invoice_text') }}) as companies
    from invoices
),

parties as (
    select
        *,
        {{ warehouse_ai._wai_literal(var('warehouse_ai_own_company', '')) }} as own_company,
        -- A letterhead comes first and has no label: the first company other than the buyer, else the first line up to a comma.
        nullif(regexp_extract(invoice_text, '^[#*\s|]*([^,|\n*]*[^,|\n*\s])', 1), '') as first_line
    from extracted
),

final as (
    select
        -- ids
        path,

        -- strings
        type.value as document_type,
        category,
        language,
        summary,
        list_distinct(entities.organisation) as organisations,
        list_distinct(entities.person) as persons,
        list_distinct(entities.place) as places,
        fields.invoice_number as invoice_number,
        coalesce(
            fields.total.currency,
            nullif(regexp_extract(invoice_text, '\b(AUD|CAD|CHF|CZK|DKK|EUR|GBP|INR|JPY|NOK|PLN|SEK|USD)\b', 1), '')
        ) as currency,
        coalesce(
            fields.seller,
            list_filter(companies, lambda name: name <> coalesce(fields.buyer, own_company))[1],
            first_line
        ) as seller,
        coalesce(fields.buyer, case when contains(invoice_text, own_company) and own_company <> '' then own_company end) as buyer,
        type.error as ai_error,

        -- numerics
        type.score as document_type_score,
        cast(fields.total.amount as decimal(18, 2)) as total,

        -- provenance and timestamps
        {{ ai_provenance() }},
        fields.invoice_date as invoice_date,
        updated_at
    from parties
)

select * from final
