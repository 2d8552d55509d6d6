{{ config(materialized='table') }}

with

scores as (
    select * from {{ ref('virality_scores') }}
),

features as (
    select * from {{ ref('virality_features') }}
),

items as (
    select * from {{ ref('content_items') }}
),

final as (
    select
        -- grain
        scores.item_type,
        scores.item_id,

        -- strings
        items.label,

        -- score
        scores.viral_probability,
        scores.viral_probability >= {{ var('warehouse_ai_virality_threshold', 0.6) }} as is_likely_viral,

        -- what came of it
        scores.viral_from,
        features.interactions_48h,
        features.interactions_48h >= scores.viral_from as went_viral,

        -- origin
        scores.model_id,
        features.published_at,
        scores.scored_at
    from scores
    inner join features
        on
            scores.item_type = features.item_type
            and scores.item_id = features.item_id
    inner join items
        on
            scores.item_type = items.item_type
            and scores.item_id = items.item_id
)

select * from final
