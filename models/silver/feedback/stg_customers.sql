{{ config(materialized='view') }}

with

latest as (
    {{ latest_version(ref('bronze_customers'), 'customer_id') }}
),

feedback as (
    select * from {{ ref('stg_feedback') }}
),

latest_feedback as (
    select
        customer_id,
        arg_max(feedback_text, (submitted_at, feedback_id)) filter (has_text) as feedback_text,
        max(submitted_at) as last_feedback_at,
        count(*) as feedback_count,
        max(updated_at) as updated_at
    from feedback
    group by customer_id
),

cleaned as (
    select
        -- ids
        latest.customer_id,

        -- strings
        trim(latest.customer_name) as customer_name,
        upper(trim(latest.country)) as country,
        trim(latest.customer_description) as customer_description,
        trim(latest.customer_notes) as customer_notes,
        latest_feedback.feedback_text,

        -- numerics
        coalesce(latest_feedback.feedback_count, 0) as feedback_count,

        -- timestamps
        latest_feedback.last_feedback_at,
        greatest(latest.updated_at, latest_feedback.updated_at) as updated_at
    from latest
    left join latest_feedback
        on latest.customer_id = latest_feedback.customer_id
)

select * from cleaned
