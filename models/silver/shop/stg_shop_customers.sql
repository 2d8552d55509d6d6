{{ config(materialized='view') }}

{#- Missing values take the median of the training period, not of whatever happens to be in a batch. -#}
{% set training_end = var('shop_training_end', '2026-01-01') %}

with

checked as (
    select * from {{ ref('shop_customers_checked') }}
),

known as (
    select
        *,
        case when age_read between 0 and 120 then age_read end as age_kept,
        case when income_read >= 0 then income_read end as income_kept,
        case when credit_score_read between 300 and 850 then credit_score_read end as credit_score_kept
    from checked
),

training as (
    select
        median(age_kept) as age,
        median(income_kept) as income,
        median(credit_score_kept) as credit_score
    from known
    where quality_tier = 'high' and signed_up_at < timestamp '{{ training_end }}'
),

imputed as (
    select
        -- ids
        known.customer_id,

        -- strings
        case when regexp_full_match(known.email, '[^@\s]+@[^@\s]+\.[a-z]{2,}') then known.email end as email,
        case when known.country in ('DE', 'DK', 'FR', 'GB', 'IE', 'NL') then known.country end as country,
        known.plan,
        known.about,

        -- numerics
        coalesce(known.age_kept, training.age)::integer as age,
        coalesce(known.income_kept, training.income) as income,
        known.income_text,
        coalesce(known.credit_score_kept, training.credit_score)::integer as credit_score,

        -- booleans
        known.age_kept is null as age_was_missing,
        known.income_kept is null as income_was_missing,
        known.income_text is not null and known.income_read is null as income_was_no_number,
        known.credit_score_kept is null as credit_score_was_missing,

        -- timestamps
        case when known.signed_up_at <= known.changed_at then known.signed_up_at else known.changed_at end as signed_up_at,
        known.updated_at
    from known
    cross join training
    where known.quality_tier = 'high' and not known.is_deleted
)

select * from imputed
