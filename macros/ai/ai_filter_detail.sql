{% macro ai_filter_detail(text, predicate=none, threshold=none, on_error='null') -%}
    {%- do warehouse_ai._wai_no_more_arguments('ai_filter_detail', varargs, kwargs, ['predicate', 'threshold', 'on_error']) -%}
    {{- return(adapter.dispatch('ai_filter_detail', 'warehouse_ai')(text, predicate, threshold, on_error)) -}}
{%- endmacro %}

{% macro duckdb__ai_filter_detail(text, predicate, threshold, on_error) -%}
    {{- return(warehouse_ai._wai_filter_call('ai_filter_detail', text, predicate, threshold, on_error)) -}}
{%- endmacro %}

{% macro default__ai_filter_detail(text, predicate, threshold, on_error) -%}
    {%- do warehouse_ai._wai_unsupported_adapter('ai_filter_detail') -%}
{%- endmacro %}
