{% macro ai_embed(text, on_error='null', model=none) -%}
    {%- do warehouse_ai._wai_no_more_arguments('ai_embed', varargs, kwargs, ['on_error', 'model']) -%}
    {{- return(adapter.dispatch('ai_embed', 'warehouse_ai')(text, on_error, model)) -}}
{%- endmacro %}

{% macro duckdb__ai_embed(text, on_error, model_name) -%}
    {{- return(warehouse_ai._wai_vector('ai_embed', text, on_error, model_name, '.value')) -}}
{%- endmacro %}

{% macro default__ai_embed(text, on_error, model_name) -%}
    {%- do warehouse_ai._wai_unsupported_adapter('ai_embed') -%}
{%- endmacro %}
