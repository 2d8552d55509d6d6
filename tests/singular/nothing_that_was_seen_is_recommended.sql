select
    recommended.user_id,
    recommended.item_type,
    recommended.item_id
from {{ ref('fct_recommendations') }} as recommended
semi join {{ ref('stg_interactions') }} as seen
    on
        recommended.user_id = seen.user_id
        and recommended.item_type = seen.item_type
        and recommended.item_id = seen.item_id
