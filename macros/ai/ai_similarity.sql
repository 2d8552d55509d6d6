{% macro ai_similarity(a, b, on_error='null') -%}
    {%- do warehouse_ai._wai_no_more_arguments('ai_similarity', varargs, kwargs, ['b', 'on_error']) -%}
    {{- return(adapter.dispatch('ai_similarity', 'warehouse_ai')(a, b, on_error)) -}}
{%- endmacro %}

{% macro duckdb__ai_similarity(a, b, on_error) -%}
    {%- do warehouse_ai._wai_check_text('ai_similarity', a, 'a') -%}
    {%- do warehouse_ai._wai_check_text('ai_similarity', b, 'b') -%}
    {{- return(
        'array_cosine_similarity(' ~ warehouse_ai._wai_call('ai_similarity', 'embed', a, {}, on_error) ~ '.value, '
        ~ warehouse_ai._wai_call('ai_similarity', 'embed', b, {}, on_error) ~ '.value)::double'
    ) -}}
{%- endmacro %}

{% macro default__ai_similarity(a, b, on_error) -%}
    {%- do warehouse_ai._wai_unsupported_adapter('ai_similarity') -%}
{%- endmacro %}
