{% macro ai_image_features(path, max_mb=20, on_error='null') -%}
    {%- do warehouse_ai._wai_no_more_arguments('ai_image_features', varargs, kwargs, ['max_mb', 'on_error']) -%}
    {{- return(adapter.dispatch('ai_image_features', 'warehouse_ai')(path, max_mb, on_error)) -}}
{%- endmacro %}

{% macro duckdb__ai_image_features(path, max_mb, on_error) -%}
    {{- return(warehouse_ai._wai_file_call('ai_image_features', 'image_features', path, {}, max_mb, on_error)) -}}
{%- endmacro %}

{% macro default__ai_image_features(path, max_mb, on_error) -%}
    {%- do warehouse_ai._wai_unsupported_adapter('ai_image_features') -%}
{%- endmacro %}
