{% macro ai_embed_image(path, model=none, max_mb=20, on_error='null') -%}
    {%- do warehouse_ai._wai_no_more_arguments('ai_embed_image', varargs, kwargs, ['model', 'max_mb', 'on_error']) -%}
    {{- return(adapter.dispatch('ai_embed_image', 'warehouse_ai')(path, model, max_mb, on_error)) -}}
{%- endmacro %}

{% macro duckdb__ai_embed_image(path, model_name, max_mb, on_error) -%}
    {%- set model_name = warehouse_ai._wai_named('ai_embed_image', 'embed_image', model_name) -%}
    {{- return(warehouse_ai._wai_file_call('ai_embed_image', 'embed_image', path, {'clip': model_name}, max_mb, on_error) ~ '.value') -}}
{%- endmacro %}

{% macro default__ai_embed_image(path, model_name, max_mb, on_error) -%}
    {%- do warehouse_ai._wai_unsupported_adapter('ai_embed_image') -%}
{%- endmacro %}
