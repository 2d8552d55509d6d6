-- depends_on: {{ ref('bronze_documents') }}
{{
    config(
        materialized='incremental',
        unique_key='path',
        incremental_strategy='delete+insert',
        on_schema_change='fail',
        tags=['ai', 'sample'],
        post_hook="{{ warehouse_ai.without_vanished() }}",
    )
}}

{% set months = 'January|February|March|April|May|June|July|August|September|October|November|December' %}

with

documents as (
    select *
    from {{ ref('parsed_documents') }}
    {% if is_incremental() -%}
    where updated_at > (select coalesce(max(updated_at), timestamp '-infinity') from {{ this }})
    {%- endif %}
),

headed as (
    select
        *,
        -- What a document is stands at its head; the mean of a long text tells what it is about.
        concat_ws(
            chr(10),
            case metadata['type']
                when 'eml' then 'E-mail from ' || coalesce(metadata['from'], '') || ' to ' || coalesce(metadata['to'], '')
                when 'pptx' then 'Presentation'
                when 'xlsx' then 'Spreadsheet'
            end,
            title,
            left(text, 700)
        ) as head
    from documents
),

typed as (
    select
        *,
        {{ ai_classify_detail('head', 'document_type') }} as kind,
        {{ ai_classify('head', 'department') }} as category,
        {{ ai_detect_language('text') }} as language, -- noqa: RF04
        {{ ai_summarize('text', max_words=80, max_sentences=2) }} as summary, -- noqa: RF04
        {{ ai_extract('text', {'organisation': 'string[]', 'person': 'string[]', 'place': 'string[]'}) }} as entities
    from headed
),

invoices as (
    select
        *,
        case when kind.value = 'invoice' then text end as invoice_text
    from typed
),

extracted as (
    select
        *,
        {{ ai_extract('invoice_text', invoice_fields()) }} as found,
        -- The likeliest type but invoice.
        list_reverse_sort(list_transform(
            list_filter(map_entries(kind.scores), lambda entry: entry.key <> 'invoice'),
            lambda entry: struct_pack(score := entry.value, label := entry.key)
        ))[1].label as other_type,
        {{ company_names('invoice_text') }} as companies,
        {{ warehouse_ai._wai_literal(var('warehouse_ai_own_company', '')) }} as own_company
    from invoices
),

decided as (
    select
        *,
        case
            -- What asks for money without a number of its own is no invoice: the next likeliest type is taken, and a mail is a mail.
            when kind.value = 'invoice' and found.invoice_number is not null then 'invoice'
            when metadata['type'] = 'eml' then 'email'
            when kind.value = 'invoice' then other_type
            else kind.value
        end as document_type,
        coalesce(found.buyer, case when own_company <> '' and contains(invoice_text, own_company) then own_company end) as found_buyer,
        -- Where no label says which, the first date.
        coalesce(
            found.invoice_date,
            cast(try_strptime(regexp_extract(invoice_text, '\b\d{1,2} ({{ months }}) \d{4}\b'), '%d %B %Y') as date),
            cast(try_strptime(regexp_extract(invoice_text, '\b({{ months }}) \d{1,2}, \d{4}\b'), '%B %d, %Y') as date)
        ) as found_date,
        coalesce(
            found.total.currency,
            nullif(regexp_extract(invoice_text, '\b(AUD|CAD|CHF|CZK|DKK|EUR|GBP|INR|JPY|NOK|PLN|SEK|USD)\b'), ''),
            case
                when contains(invoice_text, '€') then 'EUR'
                when contains(invoice_text, '£') then 'GBP'
                when contains(invoice_text, '$') then 'USD'
            end
        ) as found_currency
    from extracted
),

final as (
    select
        -- ids
        path,

        -- strings
        document_type,
        case when document_type = 'invoice' then 'finance' else category end as category,
        language,
        summary,
        list_sort(list_distinct(entities.organisation)) as organisations,
        list_sort(list_distinct(entities.person)) as persons,
        list_sort(list_distinct(entities.place)) as places,
        case when document_type = 'invoice' then found.invoice_number end as invoice_number,
        case when document_type = 'invoice' then found_currency end as currency,
        case
            when document_type = 'invoice' then coalesce(
                found.seller,
                -- A letterhead has no label: the first company other than the buyer, else the first line up to a comma.
                list_filter(companies, lambda name: not contains(name, coalesce(found_buyer, own_company)))[1],
                nullif(regexp_extract(invoice_text, '^[#*\s|]*([^,|\n*]*[^,|\n*\s])', 1), '')
            )
        end as seller,
        case when document_type = 'invoice' then found_buyer end as buyer,
        kind.error as ai_error,

        -- numerics
        kind.scores[document_type] as document_type_score,
        case when document_type = 'invoice' then cast(found.total.amount as decimal(18, 2)) end as total,

        -- provenance and timestamps
        {{ ai_provenance() }},
        case when document_type = 'invoice' then found_date end as invoice_date,
        updated_at
    from decided
)

select * from final
