{{ config(materialized='view') }}

with

latest as (
    select *
    from {{ ref('bronze_products') }}
    qualify row_number() over (partition by product_id order by changed_at desc) = 1
),

cleaned as (
    select
        -- ids
        product_id,

        -- strings
        trim(name) as product_name,
        nullif(trim(description), '') as description,
        category,
        image_path,

        -- numerics
        price,

        -- timestamps
        changed_at,
        updated_at
    from latest
)

select * from cleaned
