{% macro ai_sentences(text, on_error='null') -%}
    {%- do warehouse_ai._wai_no_more_arguments('ai_sentences', varargs, kwargs, ['on_error']) -%}
    {{- return(adapter.dispatch('ai_sentences', 'warehouse_ai')(text, on_error)) -}}
{%- endmacro %}

{% macro duckdb__ai_sentences(text, on_error) -%}
    {{- return(warehouse_ai._wai_call('ai_sentences', 'sentences', text, {}, on_error) ~ '.value') -}}
{%- endmacro %}

{% macro default__ai_sentences(text, on_error) -%}
    {%- do warehouse_ai._wai_unsupported_adapter('ai_sentences') -%}
{%- endmacro %}
