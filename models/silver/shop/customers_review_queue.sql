{{ config(materialized='view') }}

with

checked as (
    select * from {{ ref('shop_customers_checked') }}
)

select
    customer_id,
    array_to_string(reasons, '; ') as reasons,
    len(reasons) as broken_rules,
    quality_score,
    email,
    age_text,
    income_text,
    credit_score_text,
    country,
    plan,
    about,
    changed_at,
    updated_at
from checked
where quality_tier = 'review' and not is_deleted
