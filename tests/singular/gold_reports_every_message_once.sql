-- Rows are never lost on the way from bronze to gold.
with

counted as (
    select
        (select count(distinct feedback_id) from {{ ref('bronze_feedback') }}) as landed,
        (select sum(feedback_count) from {{ ref('rpt_feedback_by_segment_week') }}) as reported
)

select *
from counted
where landed <> reported
