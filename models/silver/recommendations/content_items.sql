{{ config(materialized='view') }}

with

articles as (
    select * from {{ ref('stg_articles') }}
),

rejected as (
    select item_id from {{ ref('moderation_decisions') }}
    where item_type = 'post' and final_level = 'rejected'
),

-- What moderation rejects is nobody's to see, however often it was looked at before.
posts as (
    select posts.*
    from {{ ref('stg_user_content') }} as posts
    anti join rejected
        on posts.item_id = rejected.item_id
    where posts.item_type = 'post'
),

both_types as (
    select
        'article' as item_type,
        article_id as item_id,
        author,
        title as label,
        article_text as item_text,
        published_at
    from articles
    union all
    select
        item_type,
        item_id,
        cast(user_id as varchar) as author,
        case when length(body) > 60 then left(body, 59) || '…' else body end as label,
        body as item_text,
        created_at as published_at
    from posts
),

final as (
    select
        -- ids
        item_type,
        item_id,

        -- strings
        author,
        coalesce(nullif(trim(replace(label, e'\n', ' ')), ''), item_type || ' ' || item_id) as label,
        item_text,

        -- timestamps
        published_at
    from both_types
)

select * from final
