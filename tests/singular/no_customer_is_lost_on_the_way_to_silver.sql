-- High, review, deleted and superseded change records are all that ever landed.
with

landed as (
    select count(*) as n from {{ ref('bronze_shop_customers') }}
),

sorted as (
    select
        count(*) filter (not is_deleted and quality_tier = 'high') as high,
        count(*) filter (not is_deleted and quality_tier = 'review') as review,
        count(*) filter (is_deleted) as deleted
    from {{ ref('shop_customers_checked') }}
),

superseded as (
    select count(*) - count(distinct customer_id) as n from {{ ref('bronze_shop_customers') }}
),

arrived as (
    select
        (select count(*) from {{ ref('stg_shop_customers') }}) as high,
        (select count(*) from {{ ref('customers_review_queue') }}) as review
)

select landed.n
from landed
cross join sorted
cross join superseded
cross join arrived
where
    landed.n <> sorted.high + sorted.review + sorted.deleted + superseded.n
    or sorted.high <> arrived.high
    or sorted.review <> arrived.review
