{{ config(enabled=target.profile_name == 'warehouse_ai') }}

-- How many messages would keep their topic at each threshold, and how many of those topics are right: the row with the precision that
-- you need tells the `threshold=` to pass and what it costs in coverage.
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
),

thresholds as (
    select unnest(range(0, 100, 5)) / 100.0 as threshold
)

select
    thresholds.threshold,
    count(*) filter (where judged.topic_score >= thresholds.threshold) / count(*) as coverage,
    avg(cast(judged.is_right as integer)) filter (where judged.topic_score >= thresholds.threshold) as precision_share
from thresholds
cross join judged
group by thresholds.threshold
order by thresholds.threshold
