{{
    config(
        materialized='incremental',
        unique_key='customer_id',
        incremental_strategy='delete+insert',
        on_schema_change='fail',
        tags=['ai'],
    )
}}

with

customers as (
    select * from {{ ref('stg_customers') }}
    {% if is_incremental() -%}
    where updated_at > (select coalesce(max(updated_at), timestamp '-infinity') from {{ this }})
    {%- endif %}
),

read as (
    select
        *,
        {{ ai_summarize('customer_notes', max_words=20) }} as notes_summary,
        {{ ai_sentiment_label('customer_notes') }} as notes_mood,
        {{ ai_chunk('customer_notes', max_tokens=48, overlap=12) }} as notes_chunks,
        {{ ai_detect_pii('customer_notes', categories=['person', 'email', 'phone']) }} as notes_pii,
        {{ ai_embed('customer_notes') }} as notes_embedding,
        {{ ai_similarity('customer_description', 'customer_notes') }} as description_similarity
    from customers
),

final as (
    select
        -- ids
        customer_id,

        -- strings
        notes_summary,
        notes_mood,
        notes_chunks,
        notes_pii,

        -- numerics
        notes_embedding,
        description_similarity,

        -- provenance and timestamps
        {{ ai_provenance() }},
        updated_at
    from read
)

select * from final
