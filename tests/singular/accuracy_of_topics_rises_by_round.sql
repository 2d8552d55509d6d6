-- Each round of reviews makes the head better on English messages that nobody reviewed: the default encoder knows no other language.
with

rounds as (
    select
        review_round,
        accuracy,
        lag(accuracy) over (order by review_round) as accuracy_before
    from {{ ref('rpt_topic_accuracy_by_round') }}
    where messages = 'english'
)

select *
from rounds
where review_round > 0 and coalesce(accuracy <= accuracy_before, true)
