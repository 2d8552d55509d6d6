{{
    config(
        materialized='incremental',
        unique_key='product_id',
        incremental_strategy='delete+insert',
        on_schema_change='fail',
        tags=['ai'],
    )
}}

with

products as (
    select * from {{ ref('stg_products') }}
    {% if is_incremental() -%}
    where updated_at > (select coalesce(max(updated_at), timestamp '-infinity') from {{ this }})
    {%- endif %}
),

scored as (
    select
        *,
        {{ ai_sentiment_detail('description') }} as sentiment,
        {{ word_count('description') }} as word_count,
        coalesce(length(description), 0) as character_count,
        coalesce(len({{ ai_sentences('description') }}), 0) as sentence_count,
        {{ marketing_term_count('description') }} as marketing_term_count
    from products
),

final as (
    select
        -- ids
        product_id,

        -- strings
        sentiment.label as sentiment_label,

        -- numerics
        sentiment.value as sentiment_score,
        word_count,
        character_count,
        sentence_count,
        marketing_term_count,
        case
            when description is null then 0
            else
                0.5 * least(word_count / 25, 1)
                + 0.3 * least(sentence_count / 3, 1)
                + 0.2 * (1 + coalesce(sentiment.value, 0)) / 2
        end as description_quality,

        -- provenance and timestamps
        {{ ai_provenance() }},
        updated_at
    from scored
)

select * from final
