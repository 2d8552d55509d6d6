{{
    config(
        materialized='incremental',
        unique_key='customer_id',
        incremental_strategy='delete+insert',
        on_schema_change='fail',
        tags=['ai', 'sample'],
    )
}}

with

raw_customers as (
    select * from {{ ref('stg_customers') }}
    {% if is_incremental() -%}
    where updated_at > (select coalesce(max(updated_at), timestamp '-infinity') from {{ this }})
    {%- endif %}
),

ai_enriched as (
    select
        customer_id,
        {{ ai_classify('customer_description', 'segment') }} as predicted_segment,
        {{ ai_extract('customer_notes', 'interests') }} as extracted_interests,
        {{ ai_sentiment('feedback_text') }} as sentiment_score
    from raw_customers
),

final as (
    select
        -- ids
        raw_customers.customer_id,

        -- strings
        raw_customers.customer_name,
        raw_customers.country,
        ai_enriched.predicted_segment,
        ai_enriched.extracted_interests,

        -- numerics
        ai_enriched.sentiment_score,

        -- provenance and timestamps
        {{ ai_provenance() }},
        raw_customers.updated_at
    from raw_customers
    inner join ai_enriched
        on raw_customers.customer_id = ai_enriched.customer_id
)

select * from final
