{% macro ai_detect_language(text, languages=none, threshold=none, on_error='null', model=none) -%}
    {%- do warehouse_ai._wai_no_more_arguments('ai_detect_language', varargs, kwargs, ['languages', 'threshold', 'on_error', 'model']) -%}
    {{- return(adapter.dispatch('ai_detect_language', 'warehouse_ai')(text, languages, threshold, on_error, model)) -}}
{%- endmacro %}

{% macro duckdb__ai_detect_language(text, languages, threshold, on_error, model_name) -%}
    {%- do warehouse_ai._wai_check_threshold('ai_detect_language', threshold) -%}
    {{- return(warehouse_ai._wai_call('ai_detect_language', 'detect_language', text, {'languages': warehouse_ai._wai_languages('ai_detect_language', languages), 'threshold': threshold}, on_error, model_name) ~ '.value') -}}
{%- endmacro %}

{% macro default__ai_detect_language(text, languages, threshold, on_error, model_name) -%}
    {%- do warehouse_ai._wai_unsupported_adapter('ai_detect_language') -%}
{%- endmacro %}
