{% macro ai_detect_language_detail(text, languages=none, threshold=none, on_error='null', model=none) -%}
    {%- do warehouse_ai._wai_no_more_arguments('ai_detect_language_detail', varargs, kwargs, ['languages', 'threshold', 'on_error', 'model']) -%}
    {{- return(adapter.dispatch('ai_detect_language_detail', 'warehouse_ai')(text, languages, threshold, on_error, model)) -}}
{%- endmacro %}

{% macro duckdb__ai_detect_language_detail(text, languages, threshold, on_error, model_name) -%}
    {%- do warehouse_ai._wai_check_threshold('ai_detect_language_detail', threshold) -%}
    {{- return(warehouse_ai._wai_call('ai_detect_language_detail', 'detect_language', text, {'languages': warehouse_ai._wai_languages('ai_detect_language_detail', languages), 'threshold': threshold}, on_error, model_name)) -}}
{%- endmacro %}

{% macro default__ai_detect_language_detail(text, languages, threshold, on_error, model_name) -%}
    {%- do warehouse_ai._wai_unsupported_adapter('ai_detect_language_detail') -%}
{%- endmacro %}
