{{ config(materialized='view') }}

with

posts as (
    {{ latest_version(ref('bronze_posts'), 'post_id') }}
),

comments as (
    {{ latest_version(ref('bronze_comments'), 'comment_id') }}
),

united as (
    select
        'post' as item_type,
        post_id as item_id,
        post_id,
        user_id,
        community,
        body,
        posted_at as created_at,
        updated_at
    from posts
    union all
    select
        'comment' as item_type,
        comments.comment_id as item_id,
        comments.post_id,
        comments.user_id,
        posts.community,
        comments.body,
        comments.commented_at as created_at,
        comments.updated_at
    from comments
    left join posts
        on comments.post_id = posts.post_id
),

cleaned as (
    select
        -- ids
        item_type || '-' || item_id as content_id,
        item_type,
        item_id,
        post_id,
        user_id,

        -- strings
        community,
        trim(body) as body,

        -- booleans
        coalesce(trim(body) <> '', false) as has_text,

        -- timestamps
        created_at,
        updated_at
    from united
)

select * from cleaned
