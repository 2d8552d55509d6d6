{% macro ai_score(text, predicate=none, on_error='null', model=none) -%}
    {%- do warehouse_ai._wai_no_more_arguments('ai_score', varargs, kwargs, ['predicate', 'on_error', 'model']) -%}
    {{- return(adapter.dispatch('ai_score', 'warehouse_ai')(text, predicate, on_error, model)) -}}
{%- endmacro %}

{% macro duckdb__ai_score(text, predicate, on_error, model_name) -%}
    {{- return(warehouse_ai._wai_filter_call('ai_score', text, predicate, none, on_error, model_name) ~ '.score') -}}
{%- endmacro %}

{% macro default__ai_score(text, predicate, on_error, model_name) -%}
    {%- do warehouse_ai._wai_unsupported_adapter('ai_score') -%}
{%- endmacro %}
