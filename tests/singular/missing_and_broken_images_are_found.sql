-- Evaluates on what was drawn: exactly the images that are missing or broken are not readable, say why, and go to a human.
with

judged as (
    select
        images.product_id,
        truth.image_state,
        images.is_readable,
        images.image_error,
        judged_content.requires_human_review
    from {{ ref('product_images') }} as images
    inner join {{ ref('product_image_truth') }} as truth
        on images.product_id = truth.product_id
    inner join {{ ref('fct_content') }} as judged_content
        on images.product_id = judged_content.content_id and judged_content.content_type = 'image'
)

select *
from judged
where
    is_readable = (image_state in ('broken', 'missing'))
    or is_readable = (image_error is not null)
    or (image_state = 'missing') <> coalesce(image_error like '%does not exist', false)
    or (not is_readable and not requires_human_review)
