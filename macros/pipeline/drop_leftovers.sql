{#-
    Drop what dbt-duckdb leaves behind: an incremental Python model is first written to a table of its own, in the connection's schema and
    under a name with a time stamp, that nothing drops.
-#}
{% macro drop_leftovers(relation) -%}
    {%- if execute -%}
        {%- set found = run_query(
            "select table_name from duckdb_tables() where database_name = current_database() and schema_name = current_schema()"
            ~ " and regexp_full_match(table_name, '" ~ relation.identifier ~ "__dbt_tmp\\d+')"
        ) -%}
        {%- for row in found.rows %}
            drop table {{ adapter.quote(row[0]) }};
        {%- endfor %}
    {%- endif -%}
{%- endmacro %}
