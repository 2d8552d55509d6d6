{#- Columns of an append-only model that say where a row comes from and when it landed. -#}
{% macro _wai_landing(source_name) -%}
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
{%- endmacro %}
