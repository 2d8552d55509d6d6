{{
    config(
        materialized='incremental',
        unique_key='article_id',
        incremental_strategy='delete+insert',
        on_schema_change='fail',
        tags=['ai', 'sample'],
    )
}}

with

articles as (
    select * from {{ ref('stg_articles') }}
    {% if is_incremental() -%}
    where updated_at > (select coalesce(max(updated_at), timestamp '-infinity') from {{ this }})
    {%- endif %}
),

scored as (
    select
        *,
        {{ ai_classify_detail('article_text', 'content_topic') }} as topic_found,
        {{ ai_sentiment_detail('title') }} as sentiment,
        {{ ai_sentences('body') }} as sentences,
        {{ ai_keywords('article_text') }} as tags,
        {{ ai_extract('article_text', {'person': 'string[]', 'organisation': 'string[]', 'place': 'string[]'}) }} as entities,
        {{ ai_detect_language('article_text') }} as article_language
    from articles
),

counted as (
    select
        *,
        topic_found.value as topic,
        topic_found.score as topic_confidence,
        sentiment.label as sentiment_label,
        sentiment.scores[sentiment.label] as sentiment_confidence,
        {{ word_count('body') }} as word_count,
        coalesce(len(sentences), 0) as sentence_count
    from scored
),

final as (
    select
        -- ids
        article_id,

        -- strings
        source,
        title,
        article_language,
        topic,
        sentiment_label,
        tags,
        entities,
        coalesce(topic_found.error, sentiment.error) as ai_error,

        -- numerics
        topic_confidence,
        sentiment_confidence,
        least(topic_confidence * sentiment_confidence, 1) as text_quality,
        word_count,
        sentence_count,
        word_count / nullif(sentence_count, 0) as mean_sentence_length,

        -- provenance and timestamps
        {{ ai_provenance() }},
        published_at,
        updated_at
    from counted
)

select * from final
