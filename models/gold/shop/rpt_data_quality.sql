{{ config(materialized='table', tags=['report']) }}

with

days as (
    select * from {{ ref('data_quality_report') }}
),

distinct_days as (
    select distinct
        table_name,
        landed_on,
        rows_landed
    from days
),

landed as (
    select
        table_name,
        sum(rows_landed) as rows_landed
    from distinct_days
    group by table_name
),

broken as (
    select
        table_name,
        rule,
        sum(rows_broken) as rows_broken
    from days
    where rule is not null
    group by table_name, rule
)

select
    broken.table_name,
    broken.rule,
    cast(landed.rows_landed as bigint) as rows_landed,
    cast(broken.rows_broken as bigint) as rows_broken,
    1 - broken.rows_broken / landed.rows_landed as share_kept
from broken
inner join landed
    on broken.table_name = landed.table_name
order by broken.rows_broken desc
