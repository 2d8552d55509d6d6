{% macro ai_complete(prompt, schema=none, system=none, max_tokens=256, on_error='null') -%}
    {%- do warehouse_ai._wai_no_more_arguments('ai_complete', varargs, kwargs, ['schema', 'system', 'max_tokens', 'on_error']) -%}
    {{- return(adapter.dispatch('ai_complete', 'warehouse_ai')(prompt, schema, system, max_tokens, on_error)) -}}
{%- endmacro %}

{% macro duckdb__ai_complete(prompt, schema, system, max_tokens, on_error) -%}
    {%- set fields = warehouse_ai._wai_fields('ai_complete', schema) if schema is not none else none -%}
    {%- set call = warehouse_ai._wai_prompt_call('ai_complete', prompt, fields, system, max_tokens, on_error) -%}
    {{- return(warehouse_ai._wai_extract_value(call, schema, fields) if fields else call ~ '.value') -}}
{%- endmacro %}

{% macro default__ai_complete(prompt, schema, system, max_tokens, on_error) -%}
    {%- do warehouse_ai._wai_unsupported_adapter('ai_complete') -%}
{%- endmacro %}
