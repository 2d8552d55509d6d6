{% macro ai_detect_pii(text, categories=none, threshold=none, on_error='null', model=none) -%}
    {%- do warehouse_ai._wai_no_more_arguments('ai_detect_pii', varargs, kwargs, ['categories', 'threshold', 'on_error', 'model']) -%}
    {{- return(adapter.dispatch('ai_detect_pii', 'warehouse_ai')(text, categories, threshold, on_error, model)) -}}
{%- endmacro %}

{% macro duckdb__ai_detect_pii(text, categories, threshold, on_error, model_name) -%}
    {%- do warehouse_ai._wai_check_threshold('ai_detect_pii', threshold) -%}
    {%- set found = warehouse_ai._wai_categories('ai_detect_pii', categories) -%}
    {{- return(warehouse_ai._wai_call('ai_detect_pii', 'redact', text, {'categories': found, 'replacement': '', 'threshold': threshold}, on_error, model_name) ~ '.spans') -}}
{%- endmacro %}

{% macro default__ai_detect_pii(text, categories, threshold, on_error, model_name) -%}
    {%- do warehouse_ai._wai_unsupported_adapter('ai_detect_pii') -%}
{%- endmacro %}
