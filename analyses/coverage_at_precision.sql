{{ config(enabled=target.profile_name == 'warehouse_ai') }}

-- For every labelled seed: how much of it a threshold may answer alone if 90, 95 or 99 of 100 answers have to be right.
with

customers as (
    select
        customer_id,
        segment_found.value as segment,
        segment_found.score as segment_score
    from (
        select
            customer_id,
            {{ ai_classify_detail('customer_description', 'segment') }} as segment_found
        from {{ ref('stg_customers') }}
    ) as classified
),

messages as (
    select
        feedback_id,
        mood.label as sentiment,
        mood.scores[mood.label] as sentiment_score
    from (
        select
            feedback_id,
            {{ ai_sentiment_detail('feedback_text') }} as mood
        from {{ ref('stg_feedback') }}
    ) as scored
)

select
    'segment' as label_set,
    *
from {{ ai_coverage('customers', 'segment', 'segment_score', ref('customer_labels'), key='customer_id', label='segment') }}

union all

select
    'sentiment' as label_set,
    *
from {{ ai_coverage('messages', 'sentiment', 'sentiment_score', ref('feedback_labels'), key='feedback_id', label='sentiment') }}

union all

select
    'topic of a message' as label_set,
    *
from {{ ai_coverage(ref('enriched_feedback'), 'topic', 'topic_score', ref('feedback_labels'), key='feedback_id', label='topic') }}

union all

select
    'topic of an article' as label_set,
    *
from {{ ai_coverage(ref('classified_articles'), 'topic', 'topic_confidence', ref('article_labels'), key='article_id', label='topic') }}

order by label_set, wanted_precision
