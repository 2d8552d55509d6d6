{{ config(materialized='table', tags=['report']) }}

with

products as (
    select * from {{ ref('fct_product_quality') }}
),

grouped as (
    select
        -- grain
        category,

        -- measures
        count(*) as product_count,
        avg(price) as mean_price,
        avg(quality_score) as mean_score,
        avg(cast(quality_tier = 'premium' as integer)) as premium_share,
        avg(cast(quality_tier = 'standard' as integer)) as standard_share,
        avg(cast(quality_tier = 'needs_improvement' as integer)) as needs_improvement_share
    from products
    group by category
)

select * from grouped
