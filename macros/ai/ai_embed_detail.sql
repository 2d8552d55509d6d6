{% macro ai_embed_detail(text, on_error='null') -%}
    {%- do warehouse_ai._wai_no_more_arguments('ai_embed_detail', varargs, kwargs, ['on_error']) -%}
    {{- return(adapter.dispatch('ai_embed_detail', 'warehouse_ai')(text, on_error)) -}}
{%- endmacro %}

{% macro duckdb__ai_embed_detail(text, on_error) -%}
    {{- return(warehouse_ai._wai_call('ai_embed_detail', 'embed', text, {}, on_error)) -}}
{%- endmacro %}

{% macro default__ai_embed_detail(text, on_error) -%}
    {%- do warehouse_ai._wai_unsupported_adapter('ai_embed_detail') -%}
{%- endmacro %}
