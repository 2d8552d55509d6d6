{{ config(materialized='table', tags=['ai']) }}

with

topics as (
    select * from {{ ref('feedback_topics') }}
),

head as (
    select struct_extract(struct_extract(head, 'thresholds'), 'p90') as p90 from {{ ref('topic_head') }}
),

copies as (
    select * from {{ ai_near_duplicates(ref('feedback_topics'), 'feedback_id', 'feedback_text', threshold=0.9) }}
),

-- Of messages that say nearly the same one is enough: the one that was reviewed, or else the first.
repeated as (
    select copies.feedback_id_right as feedback_id
    from copies
    union
    select copies.feedback_id_left as feedback_id
    from copies
    inner join topics
        on copies.feedback_id_right = topics.feedback_id
    where topics.decided_by = 'reviewer'
),

waiting as (
    select
        topics.*,
        {{ ai_embed('topics.feedback_text') }} as embedding
    from topics
    left join repeated
        on topics.feedback_id = repeated.feedback_id
    where
        topics.decided_by = 'head'
        -- The default encoder has learned English: it is unsure of other languages, and a label of theirs would teach it little.
        and topics.feedback_language = 'en'
        and repeated.feedback_id is null
),

numbers as (
    select
        unnest(cast(embedding as float[])) as number,
        generate_subscripts(cast(embedding as float[]), 1) as place
    from waiting
),

means as (
    select
        place,
        avg(number) as mean_number
    from numbers
    group by place
),

centre as (
    select cast(list(mean_number order by place) as float[384]) as embedding from means
),

doubtful as (
    select
        waiting.*,
        -- Embeddings have norm 1, so that the product with their mean is the mean of the cosines.
        array_inner_product(waiting.embedding, centre.embedding) as mean_similarity,
        case
            when waiting.topic_margin < 0.1 then 'close_call'
            -- Without that threshold no answer is sure enough.
            when waiting.topic_score < coalesce(head.p90, 2) then 'low_score'
        end as queue_reason
    from waiting
    cross join centre
    cross join head
),

useful as (
    select
        *,
        -- Information density: what the head doubts, and what stands for many messages.
        (1 - topic_margin) * mean_similarity as usefulness
    from doubtful
    where queue_reason is not null
),

turns as (
    select
        *,
        row_number() over (partition by predicted_topic order by usefulness desc, feedback_id asc) as turn
    from useful
),

-- The topics take turns, so that a batch has something of each.
ranked as (
    select
        row_number() over (order by turn asc, usefulness desc, feedback_id asc) as queue_position,
        feedback_id,
        queue_reason,
        feedback_text,
        predicted_topic,
        topic_score,
        topic_margin,
        cast(mean_similarity as double) as mean_similarity,
        cast(usefulness as double) as usefulness
    from turns
)

select * from ranked
order by queue_position
