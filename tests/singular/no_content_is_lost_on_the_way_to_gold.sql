-- Every article and product that landed is content, broken images and blank descriptions included.
with

counted as (
    select
        (select count(distinct article_id) from {{ ref('bronze_articles') }}) as articles_landed,
        (select count(*) filter (content_type = 'article') from {{ ref('fct_content') }}) as articles,
        (select count(distinct product_id) from {{ ref('bronze_products') }}) as products_landed,
        (select count(*) filter (content_type = 'image') from {{ ref('fct_content') }}) as images,
        (select count(*) from {{ ref('fct_product_quality') }}) as products
)

select *
from counted
where
    articles_landed <> articles
    or products_landed <> images
    or products_landed <> products
