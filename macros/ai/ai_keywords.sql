{% macro ai_keywords(text, k=5, on_error='null', model=none) -%}
    {%- do warehouse_ai._wai_no_more_arguments('ai_keywords', varargs, kwargs, ['k', 'on_error', 'model']) -%}
    {{- return(adapter.dispatch('ai_keywords', 'warehouse_ai')(text, k, on_error, model)) -}}
{%- endmacro %}

{% macro duckdb__ai_keywords(text, k, on_error, model_name) -%}
    {%- do warehouse_ai._wai_check_count('ai_keywords', 'k', k, 1) -%}
    {{- return(warehouse_ai._wai_call('ai_keywords', 'keywords', text, {'k': k}, on_error, model_name) ~ '.value') -}}
{%- endmacro %}

{% macro default__ai_keywords(text, k, on_error, model_name) -%}
    {%- do warehouse_ai._wai_unsupported_adapter('ai_keywords') -%}
{%- endmacro %}
