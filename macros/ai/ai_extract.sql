{% macro ai_extract(text, fields=none, threshold=none, on_error='null') -%}
    {%- do warehouse_ai._wai_no_more_arguments('ai_extract', varargs, kwargs, ['fields', 'threshold', 'on_error']) -%}
    {{- return(adapter.dispatch('ai_extract', 'warehouse_ai')(text, fields, threshold, on_error)) -}}
{%- endmacro %}

{% macro duckdb__ai_extract(text, fields, threshold, on_error) -%}
    {%- set schema = warehouse_ai._wai_fields('ai_extract', fields) -%}
    {%- set call = warehouse_ai._wai_extract_call('ai_extract', text, schema, threshold, on_error) -%}
    {{- return(warehouse_ai._wai_extract_value(call, fields, schema)) -}}
{%- endmacro %}

{% macro default__ai_extract(text, fields, threshold, on_error) -%}
    {%- do warehouse_ai._wai_unsupported_adapter('ai_extract') -%}
{%- endmacro %}
