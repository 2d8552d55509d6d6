-- How the predicted segments of the labelled customers fall, one row per label and prediction. Paste it where the warehouse is open.
with

predicted as (
    select * from {{ ref('enriched_customers') }}
),

labelled as (
    select * from {{ ref('customer_labels') }}
),

pairs as (
    select
        labelled.segment as label,
        coalesce(predicted.predicted_segment, 'nothing') as predicted,
        count(*) as customers
    from labelled
    inner join predicted
        on labelled.customer_id = predicted.customer_id
    group by all
)

select
    *,
    customers / sum(customers) over (partition by label) as share_of_label
from pairs
order by label, customers desc
