{% macro ai_parse_document(path, max_mb=50, on_error='null') -%}
    {%- do warehouse_ai._wai_no_more_arguments('ai_parse_document', varargs, kwargs, ['max_mb', 'on_error']) -%}
    {{- return(adapter.dispatch('ai_parse_document', 'warehouse_ai')(path, max_mb, on_error)) -}}
{%- endmacro %}

{% macro duckdb__ai_parse_document(path, max_mb, on_error) -%}
    {{- return(warehouse_ai._wai_file_call('ai_parse_document', 'parse_document', path, {}, max_mb, on_error)) -}}
{%- endmacro %}

{% macro default__ai_parse_document(path, max_mb, on_error) -%}
    {%- do warehouse_ai._wai_unsupported_adapter('ai_parse_document') -%}
{%- endmacro %}
