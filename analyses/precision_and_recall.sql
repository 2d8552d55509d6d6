{{ config(enabled=target.profile_name == 'warehouse_ai') }}

-- Precision, recall and F1 of each topic over the labelled messages. Change the two relations and their columns for another column.
with

predicted as (
    select * from {{ ref('enriched_feedback') }}
),

labelled as (
    select * from {{ ref('feedback_labels') }}
    where topic is not null
),

pairs as (
    select
        labelled.topic as true_label,
        predicted.topic as predicted_label
    from labelled
    inner join predicted
        on labelled.feedback_id = predicted.feedback_id
),

labels as (
    select distinct true_label as topic from pairs
),

counted as (
    select
        labels.topic,
        count(*) filter (where pairs.true_label = labels.topic) as labelled_count,
        count(*) filter (where pairs.predicted_label = labels.topic) as predicted_count,
        count(*) filter (where pairs.true_label = labels.topic and pairs.predicted_label = labels.topic) as right_count
    from labels
    cross join pairs
    group by labels.topic
)

select
    *,
    right_count / nullif(predicted_count, 0) as precision_share,
    right_count / nullif(labelled_count, 0) as recall_share,
    2.0 * right_count / nullif(predicted_count + labelled_count, 0) as f1
from counted
order by labelled_count desc, topic asc
