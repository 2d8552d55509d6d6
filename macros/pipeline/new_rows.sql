{#- Rows of a relation whose key has not landed in this append-only model yet, with what is known of their landing. -#}
{% macro new_rows(relation, keys, source_name) -%}
    {%- do warehouse_ai._wai_check_texts('new_rows', 'keys', keys, "Pass the columns that name a row, such as ['transaction_id', 'copy_number'].") -%}
select
    landed.*,
    {{ warehouse_ai._wai_literal(source_name) }} as source_name,
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
anti join {{ this }} as known
    on {% for key in keys %}landed.{{ key }} = known.{{ key }}{{ ' and ' if not loop.last }}{% endfor %}
{%- endif %}
{%- endmacro %}
