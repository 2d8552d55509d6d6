{% macro ai_cache_export(path) -%}
    {{- return(adapter.dispatch('ai_cache_export', 'warehouse_ai')(path)) -}}
{%- endmacro %}

{% macro duckdb__ai_cache_export(path) -%}
    {%- do warehouse_ai._wai_cache('export', path) -%}
{%- endmacro %}

{% macro default__ai_cache_export(path) -%}
    {%- do warehouse_ai._wai_unsupported_adapter('ai_cache_export') -%}
{%- endmacro %}
