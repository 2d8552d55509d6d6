{#- Rows of a relation whose key has not landed in this append-only model yet, with what is known of their landing. -#}
{% macro new_rows(relation, keys, source_name) -%}
    {%- do warehouse_ai._wai_check_texts('new_rows', 'keys', keys, "Pass the columns that name a row, such as ['transaction_id', 'copy_number'].") -%}
select
    landed.*,
    {{ warehouse_ai._wai_landing(source_name) }}
from {{ relation }} as landed
{% if is_incremental() -%}
anti join {{ this }} as known
    on {% for key in keys %}landed.{{ key }} = known.{{ key }}{{ ' and ' if not loop.last }}{% endfor %}
{%- endif %}
{%- endmacro %}
