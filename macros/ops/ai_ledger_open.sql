{% macro ai_ledger_open() -%}
    {{- return(adapter.dispatch('ai_ledger_open', 'warehouse_ai')()) -}}
{%- endmacro %}

{% macro default__ai_ledger_open() -%}
{%- endmacro %}

{% macro duckdb__ai_ledger_open() -%}
    {%- if not execute or not warehouse_ai._wai_ledger_on() -%}
        {{- return('') -}}
    {%- endif -%}
    {%- set ledger = warehouse_ai.ai_ledger() -%}
    {%- set sql -%}
create schema if not exists {{ adapter.quote(ledger.schema) }};
create table if not exists {{ ledger }} ({{ warehouse_ai._wai_ledger_columns() }})
    {%- endset -%}
    {{- return(sql) -}}
{%- endmacro %}


{#- Whether this run keeps a ledger: it is not switched off, and the plugin has registered its functions. -#}
{% macro _wai_ledger_on() -%}
    {%- if not var('warehouse_ai_ledger', true) -%}
        {{- return(false) -}}
    {%- endif -%}
    {%- set found = run_query("select count(*) from duckdb_functions() where function_name = 'wai_ledger'") -%}
    {%- if not found.columns[0].values()[0] -%}
        {%- do exceptions.warn(
            "warehouse_ai: the plugin is not loaded, so no AI function can run and no ledger is kept. Add to the output in profiles.yml:\n"
            ~ "  plugins:\n    - module: warehouse_ai.plugin"
        ) -%}
        {{- return(false) -}}
    {%- endif -%}
    {{- return(true) -}}
{%- endmacro %}


{% macro _wai_ledger_columns() -%}
invocation_id varchar,
node_id varchar,
function varchar,
model varchar,
revision varchar,
device varchar,
rows bigint,
nulls bigint,
distinct_texts bigint,
cache_hits bigint,
computed bigint,
windows bigint,
tokens bigint,
errors bigint,
truncated bigint,
seconds double,
cost_usd double,
started_at timestamp
{%- endmacro %}
