{% macro new_versions(relation, key) -%}
    {%- do warehouse_ai._wai_check_text('new_versions', key) -%}
select
    landed.*,
    md5(to_json(landed)) as row_hash,
    {{ warehouse_ai._wai_landing(relation.identifier) }}
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
