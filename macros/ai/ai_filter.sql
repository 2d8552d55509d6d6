{% macro ai_filter(text, predicate=none, threshold=none, on_error='null', model=none) -%}
    {%- do warehouse_ai._wai_no_more_arguments('ai_filter', varargs, kwargs, ['predicate', 'threshold', 'on_error', 'model']) -%}
    {{- return(adapter.dispatch('ai_filter', 'warehouse_ai')(text, predicate, threshold, on_error, model)) -}}
{%- endmacro %}

{% macro duckdb__ai_filter(text, predicate, threshold, on_error, model_name) -%}
    {{- return(warehouse_ai._wai_filter_call('ai_filter', text, predicate, threshold, on_error, model_name) ~ '.value') -}}
{%- endmacro %}

{% macro default__ai_filter(text, predicate, threshold, on_error, model_name) -%}
    {%- do warehouse_ai._wai_unsupported_adapter('ai_filter') -%}
{%- endmacro %}
