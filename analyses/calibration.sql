{{ config(enabled=target.profile_name == 'warehouse_ai') }}

-- Whether a probability means what it says: in each tenth of the scale, the mean probability of the topic beside the share that is right.
with

predicted as (
    select * from {{ ref('enriched_feedback') }}
),

labelled as (
    select * from {{ ref('feedback_labels') }}
    where topic is not null
),

judged as (
    select
        predicted.topic_score,
        labelled.topic = predicted.topic as is_right
    from labelled
    inner join predicted
        on labelled.feedback_id = predicted.feedback_id
    where predicted.topic_score is not null
)

select
    least(floor(topic_score * 10), 9) / 10 as from_probability,
    count(*) as messages,
    avg(topic_score) as mean_probability,
    avg(cast(is_right as integer)) as share_right
from judged
group by from_probability
order by from_probability
