{% macro ai_similarity(a, b, on_error='null', model=none) -%}
    {%- do warehouse_ai._wai_no_more_arguments('ai_similarity', varargs, kwargs, ['b', 'on_error', 'model']) -%}
    {{- return(adapter.dispatch('ai_similarity', 'warehouse_ai')(a, b, on_error, model)) -}}
{%- endmacro %}

{% macro duckdb__ai_similarity(a, b, on_error, model_name) -%}
    {%- do warehouse_ai._wai_check_text('ai_similarity', a, 'a') -%}
    {%- do warehouse_ai._wai_check_text('ai_similarity', b, 'b') -%}
    {{- return(
        'list_cosine_similarity(' ~ warehouse_ai._wai_call('ai_similarity', 'embed', a, {}, on_error, model_name) ~ '.value, '
        ~ warehouse_ai._wai_call('ai_similarity', 'embed', b, {}, on_error, model_name) ~ '.value)::double'
    ) -}}
{%- endmacro %}

{% macro default__ai_similarity(a, b, on_error, model_name) -%}
    {%- do warehouse_ai._wai_unsupported_adapter('ai_similarity') -%}
{%- endmacro %}
