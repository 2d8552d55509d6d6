{%- set weights = var('warehouse_ai_product_quality_weights', {'visual': 0.4, 'text': 0.4, 'marketing': 0.2}) -%}
{{ config(materialized='table') }}

with

products as (
    select * from {{ ref('stg_products') }}
),

images as (
    select * from {{ ref('product_images') }}
),

descriptions as (
    select * from {{ ref('product_descriptions') }}
),

joined as (
    select
        products.product_id,
        products.product_name,
        products.category,
        products.price,
        images.is_readable,
        images.image_category,
        images.width,
        images.height,
        images.aspect_ratio,
        images.brightness,
        images.sharpness,
        images.image_text_agreement,
        descriptions.word_count,
        descriptions.character_count,
        descriptions.sentence_count,
        descriptions.marketing_term_count,
        descriptions.sentiment_label,
        descriptions.sentiment_score,
        coalesce(images.image_quality, 0) as visual_score,
        descriptions.description_quality as text_score,
        least(descriptions.marketing_term_count / 3, 1) as marketing_score
    from products
    inner join images
        on products.product_id = images.product_id
    inner join descriptions
        on products.product_id = descriptions.product_id
),

scored as (
    select
        *,
        -- Sums of decimal fractions in binary miss the borders of tiers by a hair.
        round(
            {{ weights.visual }} * visual_score + {{ weights.text }} * text_score + {{ weights.marketing }} * marketing_score,
            9
        ) as quality_score
    from joined
),

final as (
    select
        *,
        case
            when quality_score > 0.8 then 'premium'
            when quality_score > 0.6 then 'standard'
            else 'needs_improvement'
        end as quality_tier
    from scored
)

select * from final
