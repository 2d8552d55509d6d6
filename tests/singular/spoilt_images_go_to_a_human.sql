-- Evaluates on what was drawn: of the images that are dark, blurred or noisy, nine in ten of each kind need a review; of the good ones, at
-- most three in ten do, because they are small.
with

judged as (
    select
        truth.image_state,
        avg(cast(judged_content.requires_human_review as integer)) as review_share
    from {{ ref('product_image_truth') }} as truth
    inner join {{ ref('fct_content') }} as judged_content
        on truth.product_id = judged_content.content_id and judged_content.content_type = 'image'
    where truth.image_state in ('ok', 'dark', 'blurred', 'noisy')
    group by truth.image_state
)

select *
from judged
where
    image_state = 'ok' and review_share > 0.3
    or image_state <> 'ok' and review_share < 0.9
