{#- The relation of the ledger: a table in the target's schema, one row for each invocation, node, function and model. -#}
{% macro ai_ledger() -%}
    {{- return(api.Relation.create(database=target.database, schema=target.schema, identifier='ai_ledger', type='table')) -}}
{%- endmacro %}
