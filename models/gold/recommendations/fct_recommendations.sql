{{ config(materialized='table') }}

with

scores as (
    select * from {{ ref('recommendation_scores') }}
),

final as (
    select
        -- grain
        user_id,
        rank,

        -- item
        item_type,
        item_id,

        -- score
        score,
        collaborative,
        content,
        trending,
        reason
    from scores
)

select * from final
