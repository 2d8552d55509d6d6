{% macro ai_models() -%}
    {{- return(adapter.dispatch('ai_models', 'warehouse_ai')()) -}}
{%- endmacro %}

{% macro duckdb__ai_models() -%}
    {%- do warehouse_ai._wai_named('ai_models', '', none) -%}
    {%- set project = {
        'models': var('warehouse_ai_models', {}),
        'settings': {'project_dir': invocation_args_dict.get('project_dir') or '', 'allow_downloads': var('warehouse_ai_allow_downloads', false)},
    } -%}
    {%- set found = run_query('select unnest(wai_models(' ~ warehouse_ai._wai_literal(tojson(project, sort_keys=true)) ~ '), max_depth := 2)') -%}
    {%- for row in found.rows -%}
        {%- do log(
            'warehouse_ai: ' ~ row['model'] ~ '@' ~ row['revision'] ~ ': ' ~ (row['functions'] or 'no function') ~ '; ' ~ row['licence'] ~ ', '
            ~ (row['megabytes'] ~ ' MB, ' if row['megabytes'] is not none else '') ~ row['source']
            ~ (', sha256 ' ~ row['sha256'] if row['sha256'] else '') ~ (', loaded' if row['loaded'] else ''),
            info=true
        ) -%}
    {%- endfor -%}
{%- endmacro %}

{% macro default__ai_models() -%}
    {%- do warehouse_ai._wai_unsupported_adapter('ai_models') -%}
{%- endmacro %}
