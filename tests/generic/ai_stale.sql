{#- Rows of an incremental model that another model or specification made than the ones it has today. -#}
{% test ai_stale(model) %}
    {{ config(severity='warn', fail_calc='coalesce(sum(stale_rows), 0)') }}
    {%- set today = namespace(hash='') -%}
    {%- if execute -%}
        {%- for node in graph.nodes.values() if node.resource_type == 'model' and node.relation_name and node.relation_name in model | string -%}
            {%- set today.hash = warehouse_ai._wai_node_provenance(node.config.meta).spec_hash -%}
        {%- endfor -%}
    {%- endif -%}
select
    ai_model,
    ai_spec_hash,
    {{ warehouse_ai._wai_literal(today.hash) }} as ai_spec_hash_today,
    count(*) as stale_rows
from {{ model }}
where ai_spec_hash is distinct from {{ warehouse_ai._wai_literal(today.hash) }}
group by ai_model, ai_spec_hash
{% endtest %}
