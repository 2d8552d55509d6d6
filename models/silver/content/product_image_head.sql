{{ config(materialized='table', tags=['ai']) }}

with

labelled as (
    select
        image_path,
        category,
        {{ ai_embed_image('image_path') }} as embedding
    from {{ ref('stg_products') }}
    -- The even ones evaluate.
    where product_id % 2 = 1
),

readable as (
    select *
    from labelled
    where embedding is not null
)

select {{ ai_fit('image_path', 'category', input='image') }} as head
from readable
having count(*) > 0
