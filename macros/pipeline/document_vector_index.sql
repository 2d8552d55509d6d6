{#-
    A post-hook that indexes a model's embeddings for the nearest neighbours (HNSW), where DuckDB's extension `vss` can be loaded: `install vss`
    once, on a machine that may download it. Without it nothing is done, and a search compares with every row. In a file, `vss` has to be told
    `set hnsw_enable_experimental_persistence = true` first.
-#}
{% macro document_vector_index(column='embedding') -%}
    {%- if execute and flags.WHICH in ['run', 'build'] -%}
        {%- set installed = run_query("select count(*) from duckdb_extensions() where extension_name = 'vss' and installed").rows[0][0] -%}
        {%- if installed -%}
load vss;
set hnsw_enable_experimental_persistence = true;
create index if not exists {{ this.identifier }}_hnsw on {{ this }} using hnsw ({{ column }}) with (metric = 'ip');
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
