-- Reviews make the head better on English messages that nobody reviewed (the default encoder knows no other language): three rounds are
-- worth five points, and none costs more than two, which is eight messages: another machine's arithmetic may turn some.
with

rounds as (
    select
        review_round,
        accuracy,
        first_value(accuracy) over (order by review_round) as accuracy_at_first,
        lag(accuracy) over (order by review_round) as accuracy_before,
        max(review_round) over () as last_round
    from {{ ref('rpt_topic_accuracy_by_round') }}
    where messages = 'english'
)

select *
from rounds
where
    (review_round > 0 and coalesce(accuracy < accuracy_before - 0.02, true))
    or (review_round = last_round and accuracy < accuracy_at_first + 0.05)
