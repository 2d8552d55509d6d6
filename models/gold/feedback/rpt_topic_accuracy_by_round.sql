{{ config(materialized='table', tags=['ai', 'report']) }}

with

heads as (
    select * from {{ ref('topic_head_rounds') }}
),

held_out as (
    select
        labels.feedback_id,
        labels.topic,
        labels.language,
        feedback.feedback_text
    from {{ ref('held_out_topics') }} as labels
    inner join {{ ref('stg_feedback') }} as feedback
        on labels.feedback_id = feedback.feedback_id
),

answered as (
    select
        language,
        topic,
        unnest({{ topics_by_round('feedback_text') }}) as answer
    from held_out
),

judged as (
    select
        struct_extract(answer, 'review_round') as review_round,
        topic,
        struct_extract(struct_extract(answer, 'topic'), 'value') as predicted_topic,
        struct_extract(struct_extract(answer, 'topic'), 'score') as topic_score,
        coalesce(struct_extract(struct_extract(answer, 'topic'), 'value') = topic, false) as is_right,
        unnest(case when language = 'en' then ['english', 'all'] else ['all'] end) as messages
    from answered
),

shares as (
    select
        review_round,
        messages,
        count(*) as message_count,
        avg(cast(is_right as integer)) as accuracy
    from judged
    group by review_round, messages
),

topics as (
    select distinct
        review_round,
        messages,
        topic
    from judged
),

by_topic as (
    select
        topics.review_round,
        topics.messages,
        2 * count(*) filter (where judged.is_right and judged.topic = topics.topic)
        / (count(*) filter (where judged.topic = topics.topic) + count(*) filter (where judged.predicted_topic = topics.topic)) as f1
    from topics
    inner join judged
        on topics.review_round = judged.review_round and topics.messages = judged.messages
    group by topics.review_round, topics.messages, topics.topic
),

f1 as (
    select
        review_round,
        messages,
        avg(f1) as macro_f1
    from by_topic
    group by review_round, messages
),

-- Ten bins of equal width, as in `ai_calibration`.
bins as (
    select
        review_round,
        messages,
        least(floor(topic_score * 10), 9) as bin,
        count(*) as bin_count,
        abs(avg(topic_score) - avg(cast(is_right as integer))) as gap
    from judged
    group by all
),

calibration as (
    select
        review_round,
        messages,
        round(sum(bin_count * gap) / sum(bin_count), 6) as calibration_error
    from bins
    group by review_round, messages
),

final as (
    select
        -- grain
        heads.review_round,
        shares.messages,

        -- measures
        heads.label_count,
        shares.message_count,
        shares.accuracy,
        f1.macro_f1,
        calibration.calibration_error
    from heads
    inner join shares
        on heads.review_round = shares.review_round
    inner join f1
        on shares.review_round = f1.review_round and shares.messages = f1.messages
    inner join calibration
        on shares.review_round = calibration.review_round and shares.messages = calibration.messages
)

select * from final
order by messages, review_round
