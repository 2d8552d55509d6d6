{{
    config(
        materialized='incremental',
        unique_key='path',
        incremental_strategy='delete+insert',
        on_schema_change='fail',
        tags=['ai'],
        post_hook="{{ warehouse_ai.without_vanished() }}",
    )
}}

with

files as (
    select *
    from {{ ref('bronze_documents') }}
    {% if is_incremental() -%}
    where updated_at > (select coalesce(max(updated_at), timestamp '-infinity') from {{ this }})
    {%- endif %}
    qualify row_number() over (partition by path order by updated_at desc) = 1
),

parsed as (
    select
        *,
        {{ ai_parse_document('path') }} as reading
    from files
    where is_present
),

final as (
    select
        -- ids
        path,
        content_hash,

        -- strings
        parse_filename(path) as file_name,
        reading.title,
        reading.text,
        reading.metadata,
        reading.error,
        case
            when reading.error is null then 'ok'
            when regexp_matches(reading.error, 'is empty$') then 'empty'
            when regexp_matches(reading.error, 'is encrypted: ') then 'encrypted'
            when regexp_matches(reading.error, 'has no text') then 'no_text'
            else 'broken'
        end as state,

        -- numerics
        reading.pages,
        size_bytes,

        -- provenance and timestamps
        {{ ai_provenance() }},
        last_modified,
        updated_at
    from parsed
)

select * from final
