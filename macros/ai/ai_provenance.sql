{% macro ai_provenance() -%}
    {{- return(adapter.dispatch('ai_provenance', 'warehouse_ai')()) -}}
{%- endmacro %}

{% macro duckdb__ai_provenance() -%}
    {#- A model does not know its own specifications until it has been parsed whole. -#}
    {%- set provenance = warehouse_ai._wai_node_provenance(model.config.meta if execute else {}) -%}
    {%- set sql -%}
{{ warehouse_ai._wai_literal(provenance.model) }} as ai_model,
{{ warehouse_ai._wai_literal(provenance.spec_hash) }} as ai_spec_hash,
timezone('UTC', now()) as processed_at
    {%- endset -%}
    {{- return(sql) -}}
{%- endmacro %}

{% macro default__ai_provenance() -%}
    {%- do warehouse_ai._wai_unsupported_adapter('ai_provenance') -%}
{%- endmacro %}
