{{ config(materialized='table') }}

with

customers as (
    select * from {{ ref('stg_shop_customers') }}
),

-- A purchase that lies after its own arrival is an error of the till's clock.
transactions as (
    select * from {{ ref('stg_transactions') }}
    where purchased_at <= landed_at
),

contacts as (
    select * from {{ ref('stg_support_contacts') }}
),

cancellations as (
    select * from {{ ref('stg_cancellations') }}
),

-- A month is full once its last day has a purchase.
calendar as (
    select cast(date_trunc('month', max(purchased_at) + interval 1 day) as date) as scoring_month
    from transactions
),

months as (
    select
        cast(calendar.scoring_month - to_months(cast(steps.back as integer)) as date) as month_start,
        steps.back = 0 as is_scoring_month
    from calendar
    cross join range(0, 19) as steps (back)
    where calendar.scoring_month is not null
),

spine as (
    select
        customers.customer_id,
        months.month_start,
        customers.signed_up_at,
        customers.plan,
        customers.age,
        customers.income,
        customers.credit_score,
        date_diff('second', customers.signed_up_at, cast(months.month_start as timestamp)) / 86400.0 as tenure_days,
        case
            when not months.is_scoring_month
                then coalesce(cancellations.cancelled_at < months.month_start + interval 1 month, false)
        end as churned
    from months
    inner join customers
        on months.month_start > customers.signed_up_at
    left join cancellations
        on customers.customer_id = cancellations.customer_id
    where cancellations.cancelled_at is null or cancellations.cancelled_at >= months.month_start
),

-- Only what had also arrived by the start of the month was known then.
purchases as (
    select
        spine.customer_id,
        spine.month_start,
        max(transactions.purchased_at) as last_purchased_at,
        count(*) filter (transactions.purchased_at >= spine.month_start - interval 90 day) as purchases_90d,
        count(*) filter (
            transactions.purchased_at >= spine.month_start - interval 180 day
            and transactions.purchased_at < spine.month_start - interval 90 day
        ) as purchases_prior_90d,
        sum(transactions.amount) filter (transactions.purchased_at >= spine.month_start - interval 90 day) as amount_90d,
        sum(transactions.amount) filter (
            transactions.purchased_at >= spine.month_start - interval 180 day
            and transactions.purchased_at < spine.month_start - interval 90 day
        ) as amount_prior_90d,
        sum(transactions.amount) as total_spent,
        count(transactions.amount) as known_amounts
    from spine
    inner join transactions
        on
            spine.customer_id = transactions.customer_id
            and spine.month_start > transactions.purchased_at
            and spine.month_start > transactions.landed_at
    group by spine.customer_id, spine.month_start
),

recent_contacts as (
    select
        spine.customer_id,
        spine.month_start,
        count(*) as contacts_90d,
        count(*) filter (not contacts.is_resolved) as unresolved_contacts_90d
    from spine
    inner join contacts
        on
            spine.customer_id = contacts.customer_id
            and spine.month_start > contacts.contacted_at
            and spine.month_start - interval 90 day <= contacts.contacted_at
    group by spine.customer_id, spine.month_start
),

snapshots as (
    select
        -- grain
        spine.customer_id || '-' || spine.month_start as snapshot_id,
        spine.customer_id,
        spine.month_start,

        -- purchases
        date_diff(
            'second',
            greatest(spine.signed_up_at, purchases.last_purchased_at),
            cast(spine.month_start as timestamp)
        ) / 86400.0 as days_since_last_purchase,
        coalesce(purchases.purchases_90d, 0) as purchases_90d,
        coalesce(purchases.purchases_prior_90d, 0) as purchases_prior_90d,
        coalesce(
            (purchases.purchases_prior_90d - purchases.purchases_90d)
            / cast(purchases.purchases_prior_90d + purchases.purchases_90d + 1 as double),
            0
        ) as decline_ratio,
        -- Rounded, since a sum depends on the order of its rows in the last bits, and the model's id on every bit.
        coalesce(round(purchases.amount_90d, 2), 0) as amount_90d,
        coalesce(round(purchases.amount_prior_90d, 2), 0) as amount_prior_90d,
        coalesce(round(purchases.total_spent, 2), 0) as total_spent,
        round(purchases.total_spent, 2) / nullif(purchases.known_amounts, 0) as mean_amount,

        -- contacts
        coalesce(recent_contacts.contacts_90d, 0) as contacts_90d,
        coalesce(recent_contacts.unresolved_contacts_90d, 0) as unresolved_contacts_90d,

        -- customer
        spine.tenure_days,
        spine.tenure_days < 180 as is_new,
        spine.plan,
        spine.age,
        spine.income,
        spine.credit_score,

        -- label
        spine.churned
    from spine
    left join purchases
        on
            spine.customer_id = purchases.customer_id
            and spine.month_start = purchases.month_start
    left join recent_contacts
        on
            spine.customer_id = recent_contacts.customer_id
            and spine.month_start = recent_contacts.month_start
)

select * from snapshots
