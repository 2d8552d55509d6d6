{{ config(materialized='table') }}

with

latest as (
    select *
    from {{ ref('bronze_shop_customers') }}
    qualify row_number() over (partition by customer_id order by changed_at desc, change_id desc) = 1
),

typed as (
    select
        customer_id,
        email,
        age as age_text,
        {{ number_of('age') }} as age_read,
        income as income_text,
        {{ number_of('income') }} as income_read,
        credit_score as credit_score_text,
        {{ number_of('credit_score') }} as credit_score_read,
        upper(trim(country)) as country,
        lower(trim(plan)) as plan,
        signed_up_at,
        trim(about) as about,
        {{ ai_classify_detail('about', 'self_description') }}.scores['filler'] as about_filler_probability,
        operation = 'delete' as is_deleted,
        changed_at,
        updated_at,
        {{ ai_provenance() }}
    from latest
)

select
    *,
    {{ quality_columns(shop_customer_rules()) }}
from typed
