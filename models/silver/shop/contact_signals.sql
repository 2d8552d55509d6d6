{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        on_schema_change='fail',
        tags=['ai', 'sample'],
        post_hook="delete from {{ this }} where contact_id not in (select contact_id from {{ ref('stg_support_contacts') }})",
    )
}}

with

-- A contact never changes once it has landed, but may become readable later, with its customer: so by key, not by landing time.
contacts as (
    select contacts.*
    from {{ ref('stg_support_contacts') }} as contacts
    {% if is_incremental() -%}
    anti join {{ this }} as known
        on contacts.contact_id = known.contact_id
    {%- endif %}
    where contacts.message is not null
),

scored as (
    select
        *,
        {{ ai_sentiment_detail('message') }} as sentiment,
        {{ ai_classify_detail('message', 'contact_topic') }} as topic,
        {{ ai_embed('message') }} as embedding
    from contacts
),

final as (
    select
        -- ids
        contact_id,
        customer_id,

        -- strings
        message,
        sentiment.label as sentiment_label,
        topic.value as topic,
        coalesce(sentiment.error, topic.error) as ai_error,

        -- numerics
        sentiment.value as sentiment_score,
        topic.score as topic_score,
        embedding,

        -- provenance and timestamps
        {{ ai_provenance() }},
        contacted_at,
        updated_at
    from scored
)

select * from final
