{% macro ai_extract(text, fields=none, threshold=none, on_error='null', model=none) -%}
    {%- do warehouse_ai._wai_no_more_arguments('ai_extract', varargs, kwargs, ['fields', 'threshold', 'on_error', 'model']) -%}
    {{- return(adapter.dispatch('ai_extract', 'warehouse_ai')(text, fields, threshold, on_error, model)) -}}
{%- endmacro %}

{% macro duckdb__ai_extract(text, fields, threshold, on_error, model_name) -%}
    {%- set schema = warehouse_ai._wai_fields('ai_extract', fields) -%}
    {%- set call = warehouse_ai._wai_extract_call('ai_extract', text, schema, threshold, on_error, model_name) -%}
    {{- return(warehouse_ai._wai_extract_value(call, fields, schema)) -}}
{%- endmacro %}

{% macro default__ai_extract(text, fields, threshold, on_error, model_name) -%}
    {%- do warehouse_ai._wai_unsupported_adapter('ai_extract') -%}
{%- endmacro %}
