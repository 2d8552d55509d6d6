{% macro ai_cache_prune(days=90) -%}
    {{- return(adapter.dispatch('ai_cache_prune', 'warehouse_ai')(days)) -}}
{%- endmacro %}

{% macro duckdb__ai_cache_prune(days) -%}
    {%- do warehouse_ai._wai_cache('prune', days) -%}
{%- endmacro %}

{% macro default__ai_cache_prune(days) -%}
    {%- do warehouse_ai._wai_unsupported_adapter('ai_cache_prune') -%}
{%- endmacro %}
