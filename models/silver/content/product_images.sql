{%- set clip = var('warehouse_ai_product_clip', none) -%}
{%- set categories = ['garden', 'kitchen', 'lighting', 'storage', 'textiles'] -%}
{%- set agreement = ai_classify_image_detail('image_path', categories, model=clip) ~ '.scores[category]' if clip else 'null' -%}
{{
    config(
        materialized='incremental',
        unique_key='product_id',
        incremental_strategy='delete+insert',
        on_schema_change='fail',
        tags=['ai'],
    )
}}

with

products as (
    select * from {{ ref('stg_products') }}
    {% if is_incremental() -%}
    where updated_at > (select coalesce(max(updated_at), timestamp '-infinity') from {{ this }})
    {%- endif %}
),

measured as (
    select
        *,
        {{ ai_image_features('image_path') }} as features,
        {{ ai_classify_image_detail('image_path', head=ref('product_image_head')) }} as category_found,
        {{ agreement }} as image_text_agreement
    from products
),

final as (
    select
        -- ids
        product_id,

        -- strings
        image_path,
        category_found.value as image_category,
        features.perceptual_hash,
        features.error as image_error,

        -- booleans
        features.error is null as is_readable,

        -- numerics
        features.width,
        features.height,
        features.aspect_ratio,
        features.brightness,
        features.sharpness,
        features.texture_variance,
        category_found.score as image_category_confidence,
        {{ image_quality('features.sharpness', 'features.brightness', 'features.width', 'features.height') }} as image_quality,
        cast(image_text_agreement as double) as image_text_agreement,

        -- provenance and timestamps
        {{ ai_provenance() }},
        updated_at
    from measured
)

select * from final
