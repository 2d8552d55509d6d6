{% macro ai_keywords_detail(text, k=5, on_error='null', model=none) -%}
    {%- do warehouse_ai._wai_no_more_arguments('ai_keywords_detail', varargs, kwargs, ['k', 'on_error', 'model']) -%}
    {{- return(adapter.dispatch('ai_keywords_detail', 'warehouse_ai')(text, k, on_error, model)) -}}
{%- endmacro %}

{% macro duckdb__ai_keywords_detail(text, k, on_error, model_name) -%}
    {%- do warehouse_ai._wai_check_count('ai_keywords_detail', 'k', k, 1) -%}
    {{- return(warehouse_ai._wai_call('ai_keywords_detail', 'keywords', text, {'k': k}, on_error, model_name)) -}}
{%- endmacro %}

{% macro default__ai_keywords_detail(text, k, on_error, model_name) -%}
    {%- do warehouse_ai._wai_unsupported_adapter('ai_keywords_detail') -%}
{%- endmacro %}
