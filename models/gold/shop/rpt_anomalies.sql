{{ config(materialized='table', tags=['report']) }}

with

anomalies as (
    select * from {{ ref('fct_anomalies') }}
),

planted_errors as (
    select * from {{ ref('planted_errors') }}
),

past as (
    select
        'transaction' as row_kind,
        transaction_id as row_key,
        copy_number,
        is_past
    from {{ ref('transaction_numbers') }}
    union all
    select
        'customer' as row_kind,
        customer_id as row_key,
        1 as copy_number,
        is_past
    from {{ ref('customer_numbers') }}
),

{# What numbers can show. A missing age or income is no error to the shop, and common; what lies in texts and keys is not read. #}
planted as (
    select
        case table_name when 'raw_transactions' then 'transaction' else 'customer' end as row_kind,
        row_key,
        kind as planted_kind
    from planted_errors
    where
        kind in ('missing amount', 'negative amount', 'impossible amount', 'zero quantity', 'late arrival', 'future date')
        or kind in ('negative age', 'impossible age', 'negative income', 'impossible credit score', 'future signup')
),

planted_rows as (
    select distinct
        row_kind,
        row_key
    from planted
),

scored as (
    select
        anomalies.row_kind,
        anomalies.row_key,
        anomalies.is_anomaly,
        not past.is_past as is_later,
        planted_rows.row_key is not null as is_planted
    from anomalies
    inner join past
        on
            anomalies.row_kind = past.row_kind
            and anomalies.row_key = past.row_key
            and anomalies.copy_number = past.copy_number
    left join planted_rows
        on
            anomalies.row_kind = planted_rows.row_kind
            and anomalies.row_key = planted_rows.row_key
    where anomalies.copy_number = 1
),

counted as (
    select
        row_kind,
        'all of these' as planted_kind,
        count(*) filter (is_planted) as rows_planted,
        count(*) filter (is_planted and is_anomaly) as rows_found,
        count(*) filter (is_anomaly) as rows_flagged,
        count(*) filter (is_planted and is_later) as later_rows_planted,
        count(*) filter (is_planted and is_later and is_anomaly) as later_rows_found,
        count(*) filter (is_anomaly and is_later) as later_rows_flagged
    from scored
    group by row_kind
    union all
    select
        planted.row_kind,
        planted.planted_kind,
        count(*) as rows_planted,
        count(*) filter (scored.is_anomaly) as rows_found,
        null as rows_flagged,
        count(*) filter (scored.is_later) as later_rows_planted,
        count(*) filter (scored.is_later and scored.is_anomaly) as later_rows_found,
        null as later_rows_flagged
    from planted
    inner join scored
        on planted.row_kind = scored.row_kind and planted.row_key = scored.row_key
    group by planted.row_kind, planted.planted_kind
),

final as (
    select
        row_kind,
        planted_kind,
        rows_planted,
        rows_found,
        rows_found / nullif(rows_planted, 0) as recall,
        rows_found / nullif(rows_flagged, 0) as precision, -- noqa: RF04
        later_rows_planted,
        later_rows_found / nullif(later_rows_planted, 0) as later_recall,
        later_rows_found / nullif(later_rows_flagged, 0) as later_precision
    from counted
)

select * from final
order by planted_kind = 'all of these' desc, recall asc, row_kind asc, planted_kind asc
