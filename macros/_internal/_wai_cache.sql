{#- Run an operation of the result cache and print what it says. -#}
{% macro _wai_cache(action, argument) -%}
    {%- set found = run_query(
        'select wai_cache(' ~ warehouse_ai._wai_literal(action) ~ ', ' ~ warehouse_ai._wai_literal(argument) ~ ', '
        ~ warehouse_ai._wai_literal(tojson(warehouse_ai._wai_context(), sort_keys=true)) ~ ')'
    ) -%}
    {%- do log('warehouse_ai: ' ~ found.columns[0].values()[0], info=true) -%}
{%- endmacro %}
