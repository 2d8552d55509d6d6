{{ config(materialized='view') }}

with

latest as (
    {{ latest_version(ref('bronze_feedback'), 'feedback_id') }}
),

cleaned as (
    select
        -- ids
        feedback_id,
        customer_id,

        -- strings
        channel,
        trim(feedback_text) as feedback_text,

        -- booleans
        coalesce(trim(feedback_text) <> '', false) as has_text,

        -- timestamps
        submitted_at,
        updated_at
    from latest
)

select * from cleaned
