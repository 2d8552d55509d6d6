{% macro ai_embed_detail(text, on_error='null', model=none) -%}
    {%- do warehouse_ai._wai_no_more_arguments('ai_embed_detail', varargs, kwargs, ['on_error', 'model']) -%}
    {{- return(adapter.dispatch('ai_embed_detail', 'warehouse_ai')(text, on_error, model)) -}}
{%- endmacro %}

{% macro duckdb__ai_embed_detail(text, on_error, model_name) -%}
    {{- return(warehouse_ai._wai_call('ai_embed_detail', 'embed', text, {}, on_error, model_name) ~ warehouse_ai._wai_vector_type('ai_embed_detail', model_name, detail=true)) -}}
{%- endmacro %}

{% macro default__ai_embed_detail(text, on_error, model_name) -%}
    {%- do warehouse_ai._wai_unsupported_adapter('ai_embed_detail') -%}
{%- endmacro %}
