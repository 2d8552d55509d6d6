{% macro ai_count_tokens(text, on_error='null') -%}
    {%- do warehouse_ai._wai_no_more_arguments('ai_count_tokens', varargs, kwargs, ['on_error']) -%}
    {{- return(adapter.dispatch('ai_count_tokens', 'warehouse_ai')(text, on_error)) -}}
{%- endmacro %}

{% macro duckdb__ai_count_tokens(text, on_error) -%}
    {{- return(warehouse_ai._wai_call('ai_count_tokens', 'count_tokens', text, {}, on_error) ~ '.value') -}}
{%- endmacro %}

{% macro default__ai_count_tokens(text, on_error) -%}
    {%- do warehouse_ai._wai_unsupported_adapter('ai_count_tokens') -%}
{%- endmacro %}
