{{
    config(
        materialized='incremental',
        unique_key='feedback_id',
        incremental_strategy='delete+insert',
        on_schema_change='fail',
        tags=['ai'],
    )
}}

with

feedback as (
    select * from {{ ref('stg_feedback') }}
    {% if is_incremental() -%}
    where updated_at > (select coalesce(max(updated_at), timestamp '-infinity') from {{ this }})
    {%- endif %}
),

scored as (
    select
        *,
        {{ ai_sentiment_detail('feedback_text') }} as sentiment,
        {{ ai_classify_detail('feedback_text', 'feedback_topic') }} as topic
    from feedback
),

final as (
    select
        -- ids
        feedback_id,
        customer_id,

        -- strings
        channel,
        feedback_text,
        sentiment.label as sentiment_label,
        topic.value as topic,
        coalesce(sentiment.error, topic.error) as ai_error,

        -- numerics
        sentiment.value as sentiment_score,
        topic.score as topic_score,

        -- provenance and timestamps
        {{ ai_provenance() }},
        submitted_at,
        updated_at
    from scored
)

select * from final
