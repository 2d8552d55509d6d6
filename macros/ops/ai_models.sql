{% macro ai_models() -%}
    {{- return(adapter.dispatch('ai_models', 'warehouse_ai')()) -}}
{%- endmacro %}

{% macro duckdb__ai_models() -%}
    {%- set context = warehouse_ai._wai_literal(tojson(warehouse_ai._wai_context(), sort_keys=true)) -%}
    {%- set found = run_query('select unnest(wai_models(' ~ context ~ '), max_depth := 2)') -%}
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
