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

head as (
    select struct_extract(head, 'id') as head_id from {{ ref('moderation_head') }}
),

content as (
    select stg_user_content.*
    from {{ ref('stg_user_content') }} as stg_user_content
    {% if is_incremental() -%}
    left join {{ this }} as known
        on stg_user_content.content_id = known.content_id
    -- A head that has learned from new reviews judges everything again: from cached embeddings, so that no text is read twice.
    where
        known.updated_at is distinct from stg_user_content.updated_at
        or known.head_id is distinct from (select head.head_id from head)
    {%- endif %}
),

judged as (
    select
        *,
        {{ ai_classify_detail('body', head=ref('moderation_head')) }} as opinion
    from content
),

final as (
    select
        -- ids
        content_id,
        (select head.head_id from head) as head_id,

        -- opinion
        opinion.value as second_opinion,
        opinion.scores['not_approved'] as harm_probability,

        -- provenance and timestamps
        {{ ai_provenance() }},
        updated_at
    from judged
)

select * from final
