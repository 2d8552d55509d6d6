{% macro ai_complete_detail(prompt, schema=none, system=none, max_tokens=256, on_error='null') -%}
    {%- do warehouse_ai._wai_no_more_arguments('ai_complete_detail', varargs, kwargs, ['schema', 'system', 'max_tokens', 'on_error']) -%}
    {{- return(adapter.dispatch('ai_complete_detail', 'warehouse_ai')(prompt, schema, system, max_tokens, on_error)) -}}
{%- endmacro %}

{% macro duckdb__ai_complete_detail(prompt, schema, system, max_tokens, on_error) -%}
    {%- set fields = warehouse_ai._wai_fields('ai_complete_detail', schema) if schema is not none else none -%}
    {%- set call = warehouse_ai._wai_prompt_call('ai_complete_detail', prompt, fields, system, max_tokens, on_error) -%}
    {%- if not fields -%}
        {{- return(call) -}}
    {%- endif -%}
    {%- set sql -%}
case when ({{ prompt }}) is not null then struct_pack(
    value := {{ warehouse_ai._wai_extract_value(call, schema, fields) }},
    error := {{ call }}.error,
    model := {{ call }}.model,
    input_tokens := {{ call }}.input_tokens,
    output_tokens := {{ call }}.output_tokens
) end
    {%- endset -%}
    {{- return(sql) -}}
{%- endmacro %}

{% macro default__ai_complete_detail(prompt, schema, system, max_tokens, on_error) -%}
    {%- do warehouse_ai._wai_unsupported_adapter('ai_complete_detail') -%}
{%- endmacro %}
