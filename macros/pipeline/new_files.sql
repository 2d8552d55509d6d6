{% macro new_files(pattern) -%}
    {%- do warehouse_ai._wai_check_text('new_files', pattern) -%}
    {#- Relative to the project, wherever dbt was started; the path that is kept is the relative one. -#}
    {%- set root = '' if pattern[0] in ['/', '~'] or ':' in pattern else (invocation_args_dict.project_dir or '.') ~ '/' -%}
with

files as (
    select
        substr(filename, {{ root | length + 1 }}) as path,
        size as size_bytes,
        timezone('UTC', last_modified) as last_modified,
        md5(content) as content_hash,
        true as is_present
    from read_blob({{ warehouse_ai._wai_literal(root ~ pattern) }})
    {% if flags.EMPTY %}where false{% endif %}
),

{% if is_incremental() -%}
latest as (
    select
        path,
        arg_max(content_hash, updated_at) as content_hash,
        arg_max(is_present, updated_at) as is_present
    from {{ this }}
    group by path
),

changed as (
    select files.*
    from files
    left join latest
        on files.path = latest.path
    where
        latest.path is null
        or not latest.is_present
        or latest.content_hash <> files.content_hash

    union all

    -- A file that vanished has a last version without content.
    select
        latest.path,
        null as size_bytes,
        null as last_modified,
        latest.content_hash,
        false as is_present
    from latest
    anti join files
        on latest.path = files.path
    where latest.is_present
)
{%- else -%}
changed as (
    select * from files
)
{%- endif %}

select
    changed.*,
    {{ warehouse_ai._wai_landing(pattern) }}
from changed
{%- endmacro %}
