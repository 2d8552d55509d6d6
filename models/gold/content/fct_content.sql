{{ config(materialized='table') }}

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
        'image' as content_type,
        product_id as content_id,
        image_category as category,
        image_category_confidence as confidence,
        image_quality as quality,
        0.6 as least_quality
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
