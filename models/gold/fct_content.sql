{{ config(materialized='table', tags=['content']) }}

with

articles as (
    select * from {{ ref('classified_articles') }}
),

images as (
    select * from {{ ref('product_images') }}
),

united as (
    select
        'article' as content_type,
        article_id as content_id,
        topic as category,
        topic_confidence as confidence,
        text_quality as quality,
        0.7 as least_quality
    from articles
    union all
    select
        'image',
        product_id,
        image_category,
        image_category_confidence,
        image_quality,
        0.6
    from images
),

final as (
    select
        -- grain
        content_type || '-' || content_id as content_key,
        content_type,
        content_id,

        -- what it is
        category,
        confidence,
        quality,

        -- what to do
        quality is null or quality < least_quality as requires_human_review,
        case
            when confidence > 0.8 then 'high'
            when confidence > 0.5 then 'medium'
            else 'low'
        end as processing_priority,
        case when quality > 0.8 then 'premium' else 'standard' end as content_tier
    from united
)

select * from final
