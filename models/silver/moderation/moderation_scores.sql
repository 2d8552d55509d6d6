{{
    config(
        materialized='incremental',
        unique_key='content_id',
        incremental_strategy='delete+insert',
        on_schema_change='fail',
        tags=['ai'],
    )
}}

with

content as (
    select * from {{ ref('stg_user_content') }}
    {% if is_incremental() -%}
    -- Posts and comments land apart: each has a clock of its own.
    where updated_at > coalesce(
        (select max(known.updated_at) from {{ this }} as known where known.item_type = stg_user_content.item_type),
        timestamp '-infinity'
    )
    {%- endif %}
),

scored as (
    select
        *,
        {{ ai_moderate_detail('body') }} as moderation
    from content
),

final as (
    select
        -- ids
        content_id,
        item_type,

        -- scores
        moderation.scores,
        moderation.error as ai_error,

        -- provenance and timestamps
        {{ ai_provenance() }},
        updated_at
    from scored
)

select * from final
