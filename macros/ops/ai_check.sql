{% macro ai_check() -%}
    {{- return(adapter.dispatch('ai_check', 'warehouse_ai')()) -}}
{%- endmacro %}

{% macro duckdb__ai_check() -%}
    {%- set context = warehouse_ai._wai_literal(tojson(warehouse_ai._wai_context(), sort_keys=true)) -%}
    {%- for line in run_query('select unnest(wai_check(' ~ context ~ '))').columns[0].values() -%}
        {%- do log('warehouse_ai: ' ~ line, info=true) -%}
    {%- endfor -%}
{%- endmacro %}

{% macro default__ai_check() -%}
    {%- do warehouse_ai._wai_unsupported_adapter('ai_check') -%}
{%- endmacro %}
