{#- Name of a column under test. With the config `where`, the relation that dbt hands to the test is a subquery, and only the node has its name. -#}
{% macro _wai_tested(relation, column) -%}
    {{- return((relation.identifier or (model.attached_node or model.name).split('.')[2:] | first or model.name) ~ '.' ~ column) -}}
{%- endmacro %}


{#- Type of a column of a relation or subquery, which must have it; a field of a STRUCT may follow a point. -#}
{% macro _wai_column_type(macro_name, argument, column, relation) -%}
    {%- set known = run_query('describe select * from ' ~ relation).columns['column_name'].values() | list -%}
    {%- set name = column.split('"')[1] if column.startswith('"') else column.split('.')[0] -%}
    {%- if name | lower not in known | map('lower') -%}
        {%- do warehouse_ai._wai_bad_argument(
            macro_name, argument, "names '" ~ column ~ "', which " ~ relation ~ ' does not have', 'Its columns are ' ~ known | join(', ') ~ '.'
        ) -%}
    {%- endif -%}
    {{- return(run_query('describe select ' ~ column ~ ' from ' ~ relation).rows[0]['column_type'] | upper) -}}
{%- endmacro %}


{% macro _wai_check_at_most(macro_name, at_most) -%}
    {%- if at_most is not number or at_most is boolean or at_most < 0 -%}
        {%- do warehouse_ai._wai_bad_argument(macro_name, 'at_most', 'is ' ~ at_most, 'Pass a number from 0 on.') -%}
    {%- endif -%}
{%- endmacro %}


{% macro _wai_decimals(number) -%}
    {{- return('%.3f' | format(number | float) if number is not none else 'none') -}}
{%- endmacro %}
