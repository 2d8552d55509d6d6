{{ config(enabled=target.profile_name == 'warehouse_ai') }}

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
        labelled.segment as true_label,
        coalesce(predicted.predicted_segment, 'nothing') as predicted_label,
        count(*) as customers
    from labelled
    inner join predicted
        on labelled.customer_id = predicted.customer_id
    group by all
)

select
    *,
    customers / sum(customers) over (partition by true_label) as share_of_label
from pairs
order by true_label asc, customers desc
