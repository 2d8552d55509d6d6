{{ config(materialized='table', tags=['report']) }}

with

churn as (
    select * from {{ ref('fct_churn') }}
),

grouped as (
    select
        -- grain
        churn_risk_tier,

        -- measures
        count(*) as customer_count,
        avg(churn_probability) as mean_probability,
        sum(retention_value) as retention_value
    from churn
    group by churn_risk_tier
)

select * from grouped
