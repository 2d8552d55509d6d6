{% macro ai_count_tokens(text, on_error='null', model=none) -%}
    {%- do warehouse_ai._wai_no_more_arguments('ai_count_tokens', varargs, kwargs, ['on_error', 'model']) -%}
    {{- return(adapter.dispatch('ai_count_tokens', 'warehouse_ai')(text, on_error, model)) -}}
{%- endmacro %}

{% macro duckdb__ai_count_tokens(text, on_error, model_name) -%}
    {{- return(warehouse_ai._wai_call('ai_count_tokens', 'count_tokens', text, {}, on_error, model_name) ~ '.value') -}}
{%- endmacro %}

{% macro default__ai_count_tokens(text, on_error, model_name) -%}
    {%- do warehouse_ai._wai_unsupported_adapter('ai_count_tokens') -%}
{%- endmacro %}
