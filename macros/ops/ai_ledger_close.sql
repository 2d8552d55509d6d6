{% macro ai_ledger_close() -%}
    {{- return(adapter.dispatch('ai_ledger_close', 'warehouse_ai')()) -}}
{%- endmacro %}

{% macro default__ai_ledger_close() -%}
{%- endmacro %}

{% macro duckdb__ai_ledger_close() -%}
    {%- if not execute or not warehouse_ai._wai_ledger_on() -%}
        {{- return('') -}}
    {%- endif -%}
    {%- set sql -%}
insert into {{ warehouse_ai.ai_ledger() }} by name
select unnest(wai_ledger({{ warehouse_ai._wai_literal(invocation_id) }}), max_depth := 2)
    {%- endset -%}
    {{- return(sql) -}}
{%- endmacro %}
