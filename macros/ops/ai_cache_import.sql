{% macro ai_cache_import(path) -%}
    {{- return(adapter.dispatch('ai_cache_import', 'warehouse_ai')(path)) -}}
{%- endmacro %}

{% macro duckdb__ai_cache_import(path) -%}
    {%- do warehouse_ai._wai_cache('import', path) -%}
{%- endmacro %}

{% macro default__ai_cache_import(path) -%}
    {%- do warehouse_ai._wai_unsupported_adapter('ai_cache_import') -%}
{%- endmacro %}
