{{ config(materialized='table', tags=['ai']) }}

with

items as (
    select * from {{ ref('content_items') }}
),

final as (
    select
        -- ids
        item_type,
        item_id,

        -- strings
        label,

        -- vector
        {{ ai_embed('item_text') }} as embedding,

        -- provenance
        {{ ai_provenance() }}
    from items
)

select * from final
