{{ config(materialized='view') }}

with

reviews as (
    select * from {{ ref('moderation_reviews') }}
),

latest as (
    select
        item_type || '-' || item_id as content_id,
        decision,
        reviewer,
        reviewed_at,
        note
    from reviews
    qualify row_number() over (partition by item_type, item_id order by reviewed_at desc, reviewer asc) = 1
)

select * from latest
