{% macro ai_embed_detail(text, on_error='null', model=none) -%}
    {%- do warehouse_ai._wai_no_more_arguments('ai_embed_detail', varargs, kwargs, ['on_error', 'model']) -%}
    {{- return(adapter.dispatch('ai_embed_detail', 'warehouse_ai')(text, on_error, model)) -}}
{%- endmacro %}

{% macro duckdb__ai_embed_detail(text, on_error, model_name) -%}
    {{- return(warehouse_ai._wai_vector('ai_embed_detail', text, on_error, model_name)) -}}
{%- endmacro %}

{% macro default__ai_embed_detail(text, on_error, model_name) -%}
    {%- do warehouse_ai._wai_unsupported_adapter('ai_embed_detail') -%}
{%- endmacro %}
