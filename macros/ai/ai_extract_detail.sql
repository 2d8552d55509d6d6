{% macro ai_extract_detail(text, fields=none, threshold=none, on_error='null', model=none) -%}
    {%- do warehouse_ai._wai_no_more_arguments('ai_extract_detail', varargs, kwargs, ['fields', 'threshold', 'on_error', 'model']) -%}
    {{- return(adapter.dispatch('ai_extract_detail', 'warehouse_ai')(text, fields, threshold, on_error, model)) -}}
{%- endmacro %}

{% macro duckdb__ai_extract_detail(text, fields, threshold, on_error, model_name) -%}
    {%- set schema = warehouse_ai._wai_fields('ai_extract_detail', fields) -%}
    {%- set call = warehouse_ai._wai_extract_call('ai_extract_detail', text, schema, threshold, on_error, model_name) -%}
    {%- set sql -%}
case when ({{ text }}) is not null then struct_pack(
    value := {{ warehouse_ai._wai_extract_value(call, fields, schema) }},
    spans := {{ call }}.spans,
    error := {{ call }}.error,
    model := {{ call }}.model
) end
    {%- endset -%}
    {{- return(sql) -}}
{%- endmacro %}

{% macro default__ai_extract_detail(text, fields, threshold, on_error, model_name) -%}
    {%- do warehouse_ai._wai_unsupported_adapter('ai_extract_detail') -%}
{%- endmacro %}
