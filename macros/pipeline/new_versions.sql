{% macro new_versions(relation, key) -%}
    {%- do warehouse_ai._wai_check_text('new_versions', key) -%}
select
    landed.*,
    md5(to_json(landed)) as row_hash,
    {{ warehouse_ai._wai_literal(relation.identifier) }} as source_name,
    {{ warehouse_ai._wai_literal(invocation_id) }} as loaded_by,
    {% if is_incremental() -%}
    {#- Strictly after everything that stands here, also when the clock was set back: a consumer's `>` then loses no row. -#}
    (
        select greatest(timezone('UTC', now()), max(known.updated_at) + interval 1 microsecond)
        from {{ this }} as known
    ) as updated_at
    {%- else -%}
    timezone('UTC', now()) as updated_at
    {%- endif %}
from {{ relation }} as landed
{% if is_incremental() -%}
left join (
    select
        {{ key }},
        arg_max(row_hash, updated_at) as row_hash
    from {{ this }}
    group by {{ key }}
) as latest
    on landed.{{ key }} = latest.{{ key }}
where latest.row_hash is distinct from md5(to_json(landed))
{%- endif %}
{%- endmacro %}
