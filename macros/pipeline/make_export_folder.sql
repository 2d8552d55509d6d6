{#- For a pre-hook: DuckDB's COPY makes no folder above the one it writes. -#}
{% macro make_export_folder() -%}
select wai_make_folder({{ warehouse_ai._wai_literal(var('warehouse_ai_export_dir', 'target/exports')) }})
{%- endmacro %}
