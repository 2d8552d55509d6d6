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
        {{ ai_detect_language('feedback_text') }} as feedback_language,
        {{ ai_count_tokens('feedback_text') }} as token_count,
        {{ ai_keywords('feedback_text', k=3) }} as keywords,
        {{ ai_classify_multi('feedback_text', 'feedback_topic') }} as tags,
        {{ ai_filter('feedback_text', 'Somebody wants their money back.') }} as wants_refund,
        {{ ai_score('feedback_text', 'Somebody wants their money back.') }} as refund_score,
        {{ ai_sentiment_aspects('feedback_text', ['price', 'support', 'app']) }} as aspects,
        {{ ai_moderate_detail('feedback_text') }} as moderation,
        {{ ai_redact('feedback_text') }} as feedback_redacted
    from feedback
),

final as (
    select
        -- ids
        feedback_id,

        -- strings
        feedback_language,
        keywords,
        tags,
        feedback_redacted,
        moderation.value as moderation_decision,
        moderation.category as moderation_category,

        -- numerics
        token_count,
        refund_score,
        aspects.price as price_sentiment,
        aspects.support as support_sentiment,
        aspects.app as app_sentiment,

        -- booleans
        wants_refund,

        -- provenance and timestamps
        {{ ai_provenance() }},
        updated_at
    from scored
)

select * from final
