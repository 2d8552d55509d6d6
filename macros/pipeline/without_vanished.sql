{#- A post-hook that takes the documents out of an incremental model whose files are no longer there. -#}
{% macro without_vanished() -%}
{% if is_incremental() -%}
delete from {{ this }} as known
where not exists (
    select 1
    from {{ ref('bronze_documents') }} as landed
    where landed.path = known.path
    group by landed.path
    having arg_max(landed.is_present, landed.updated_at)
)
{%- endif %}
{%- endmacro %}
