{{
    config(
        materialized='incremental',
        unique_key='feedback_day',
        incremental_strategy='delete+insert',
        on_schema_change='fail',
        tags=['ai'],
    )
}}

with

feedback as (
    select * from {{ ref('stg_feedback') }}
),

enriched as (
    select * from {{ ref('enriched_feedback') }}
),

signals as (
    select * from {{ ref('feedback_signals') }}
),

messages as (
    select
        feedback.feedback_id,
        cast(feedback.submitted_at as date) as feedback_day,
        enriched.topic,
        enriched.sentiment_score,
        coalesce(enriched.sentiment_label = 'negative', false) as is_complaint,
        -- Only what is left after redaction is summarized and quoted: the digest leaves the house.
        signals.feedback_redacted,
        signals.keywords,
        feedback.updated_at
    from feedback
    left join enriched
        on feedback.feedback_id = enriched.feedback_id
    left join signals
        on feedback.feedback_id = signals.feedback_id
),

days as (
    select distinct feedback_day
    from messages
    {% if is_incremental() -%}
    -- A late message changes its own day and what the seven days after it are held against.
    where feedback_day in (
        select unnest(generate_series(changed.feedback_day, changed.feedback_day + interval 7 day, interval 1 day))
        from messages as changed
        where changed.updated_at > (select coalesce(max(updated_at), timestamp '-infinity') from {{ this }})
    )
    {%- endif %}
),

counted as (
    select
        messages.feedback_day,
        count(*) as message_count,
        count(*) filter (messages.is_complaint) as complaint_count,
        list(messages.feedback_redacted order by messages.sentiment_score asc, messages.feedback_id asc)
        filter (messages.is_complaint and messages.feedback_redacted is not null)[1:2] as example_quotes,
        max(messages.updated_at) as updated_at
    from messages
    inner join days
        on messages.feedback_day = days.feedback_day
    group by messages.feedback_day
),

summarized as (
    select
        messages.feedback_day,
        {{ ai_summarize_agg('messages.feedback_redacted', max_words=40) }} as complaint_summary
    from messages
    inner join days
        on messages.feedback_day = days.feedback_day
    where messages.is_complaint and messages.feedback_redacted is not null
    group by messages.feedback_day
),

words as (
    select
        messages.feedback_day,
        lower(spoken.keyword) as keyword,
        count(*) as mentions,
        min(list_position(messages.keywords, spoken.keyword)) as best_place
    from messages
    inner join days
        on messages.feedback_day = days.feedback_day
    cross join unnest(messages.keywords) as spoken (keyword)
    -- A key phrase was read in the message itself: it may be a name that redaction took out.
    where messages.is_complaint and contains(lower(messages.feedback_redacted), lower(spoken.keyword))
    group by messages.feedback_day, lower(spoken.keyword)
),

top_words as (
    select
        feedback_day,
        list(keyword order by mentions desc, best_place asc, keyword asc)[1:3] as complaint_keywords
    from words
    group by feedback_day
),

topics as (
    select
        feedback_day,
        topic,
        count(*) as message_count
    from messages
    where topic is not null
    group by feedback_day, topic
),

rises as (
    select
        current_day.feedback_day,
        current_day.topic,
        current_day.message_count,
        coalesce(sum(earlier.message_count), 0) / 7 as mean_before
    from topics as current_day
    inner join days
        on current_day.feedback_day = days.feedback_day
    left join topics as earlier
        on
            current_day.topic = earlier.topic
            and current_day.feedback_day - interval 7 day <= earlier.feedback_day
            and current_day.feedback_day > earlier.feedback_day
    -- The first week of the data has nothing to be held against.
    where current_day.feedback_day >= (select min(messages.feedback_day) + interval 7 day from messages)
    group by current_day.feedback_day, current_day.topic, current_day.message_count
),

risen as (
    select *
    from rises
    where message_count > mean_before
    qualify row_number() over (partition by feedback_day order by message_count - mean_before desc, topic asc) = 1
),

final as (
    select
        -- grain
        counted.feedback_day,

        -- numbers
        counted.message_count,
        counted.complaint_count,

        -- complaints
        summarized.complaint_summary,
        top_words.complaint_keywords,
        counted.example_quotes,

        -- topics
        risen.topic as rising_topic,
        risen.message_count as rising_topic_count,
        risen.mean_before as rising_topic_mean_before,

        -- provenance and timestamps
        {{ ai_provenance() }},
        counted.updated_at
    from counted
    left join summarized
        on counted.feedback_day = summarized.feedback_day
    left join top_words
        on counted.feedback_day = top_words.feedback_day
    left join risen
        on counted.feedback_day = risen.feedback_day
)

select * from final
