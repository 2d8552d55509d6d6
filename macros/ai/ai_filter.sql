{% macro ai_filter(text, predicate=none, threshold=none, on_error='null') -%}
    {%- do warehouse_ai._wai_no_more_arguments('ai_filter', varargs, kwargs, ['predicate', 'threshold', 'on_error']) -%}
    {{- return(adapter.dispatch('ai_filter', 'warehouse_ai')(text, predicate, threshold, on_error)) -}}
{%- endmacro %}

{% macro duckdb__ai_filter(text, predicate, threshold, on_error) -%}
    {{- return(warehouse_ai._wai_filter_call('ai_filter', text, predicate, threshold, on_error) ~ '.value') -}}
{%- endmacro %}

{% macro default__ai_filter(text, predicate, threshold, on_error) -%}
    {%- do warehouse_ai._wai_unsupported_adapter('ai_filter') -%}
{%- endmacro %}
