{% macro ai_redact(text, categories=none, replacement='[{category}]', threshold=none, on_error='null', model=none) -%}
    {%- do warehouse_ai._wai_no_more_arguments('ai_redact', varargs, kwargs, ['categories', 'replacement', 'threshold', 'on_error', 'model']) -%}
    {{- return(adapter.dispatch('ai_redact', 'warehouse_ai')(text, categories, replacement, threshold, on_error, model)) -}}
{%- endmacro %}

{% macro duckdb__ai_redact(text, categories, replacement, threshold, on_error, model_name) -%}
    {%- do warehouse_ai._wai_check_threshold('ai_redact', threshold) -%}
    {%- do warehouse_ai._wai_check_string('ai_redact', 'replacement', replacement, "Pass what stands for a span, such as replacement='[{category}]'.") -%}
    {%- set found = warehouse_ai._wai_categories('ai_redact', categories) -%}
    {{- return(warehouse_ai._wai_call('ai_redact', 'redact', text, {'categories': found, 'replacement': replacement, 'threshold': threshold}, on_error, model_name) ~ '.value') -}}
{%- endmacro %}

{% macro default__ai_redact(text, categories, replacement, threshold, on_error, model_name) -%}
    {%- do warehouse_ai._wai_unsupported_adapter('ai_redact') -%}
{%- endmacro %}
