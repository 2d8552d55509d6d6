{{ config(materialized='table', tags=['report']) }}

{#- What numbers can show. A missing age or income is no error to the shop, and common; what lies in texts and keys is not read. -#}
{%- set visible = {
    'transaction': ['missing amount', 'negative amount', 'impossible amount', 'zero quantity', 'late arrival', 'future date'],
    'customer': ['negative age', 'impossible age', 'negative income', 'impossible credit score', 'future signup']
} %}

with

anomalies as (
    select * from {{ ref('fct_anomalies') }} where copy_number = 1
),

planted as (
    select
        case table_name when 'raw_transactions' then 'transaction' else 'customer' end as row_kind,
        row_key,
        kind as planted_kind
    from {{ ref('planted_errors') }}
    where
        {%- for row_kind, kinds in visible.items() %}
        table_name = '{{ 'raw_transactions' if row_kind == 'transaction' else 'raw_shop_customers' }}' and kind in ('{{ kinds | join("', '") }}')
        {%- if not loop.last %} or {%- endif %}
        {%- endfor %}
),

past as (
    select 'transaction' as row_kind, transaction_id as row_key, is_past from {{ ref('transaction_numbers') }} where copy_number = 1
    union all
    select 'customer', customer_id, is_past from {{ ref('customer_numbers') }}
),

scored as (
    select
        anomalies.row_kind,
        anomalies.row_key,
        anomalies.is_anomaly,
        not past.is_past as is_later,
        planted.row_key is not null as is_planted
    from anomalies
    inner join past
        on anomalies.row_kind = past.row_kind and anomalies.row_key = past.row_key
    left join (select distinct row_kind, row_key from planted) as planted
        on anomalies.row_kind = planted.row_kind and anomalies.row_key = planted.row_key
),

overall as (
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
),

by_kind as (
    select
        planted.row_kind,
        planted.planted_kind,
        count(*) as rows_planted,
        count(*) filter (scored.is_anomaly) as rows_found,
        cast(null as bigint) as rows_flagged,
        count(*) filter (scored.is_later) as later_rows_planted,
        count(*) filter (scored.is_later and scored.is_anomaly) as later_rows_found,
        cast(null as bigint) as later_rows_flagged
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
        rows_found / nullif(rows_flagged, 0) as precision,
        later_rows_planted,
        later_rows_found / nullif(later_rows_planted, 0) as later_recall,
        later_rows_found / nullif(later_rows_flagged, 0) as later_precision
    from (select * from overall union all by name select * from by_kind)
)

select * from final
order by planted_kind = 'all of these' desc, recall, row_kind, planted_kind
