{{ config(materialized='table') }}

with

rows_checked as (
    select
        'shop_customers' as table_name,
        cast(changed_at as date) as landed_on,
        reasons,
        quality_score
    from {{ ref('shop_customers_checked') }}
    union all
    select
        'transactions' as table_name,
        cast(landed_at as date) as landed_on,
        reasons,
        quality_score
    from {{ ref('transactions_checked') }}
    union all
    select
        'support_contacts' as table_name,
        cast(contacted_at as date) as landed_on,
        reasons,
        quality_score
    from {{ ref('support_contacts_checked') }}
),

days as (
    select
        table_name,
        landed_on,
        count(*) as rows_landed,
        avg(quality_score) as mean_quality_score
    from rows_checked
    group by table_name, landed_on
),

broken as (
    select
        table_name,
        landed_on,
        unnest(reasons) as rule
    from rows_checked
),

by_rule as (
    select
        table_name,
        landed_on,
        rule,
        count(*) as rows_broken
    from broken
    group by table_name, landed_on, rule
)

select
    days.table_name,
    days.landed_on,
    by_rule.rule,
    days.rows_landed,
    coalesce(by_rule.rows_broken, 0) as rows_broken,
    1 - coalesce(by_rule.rows_broken, 0) / days.rows_landed as share_kept,
    days.mean_quality_score
from days
left join by_rule
    on days.table_name = by_rule.table_name and days.landed_on = by_rule.landed_on
