{#- A statement is the same for every row, or `{'sql': 'column'}`: then each row brings its own, joined to its text by a unit separator. -#}
{% macro _wai_filter_call(macro_name, text, predicate, threshold, on_error, model_name) -%}
    {%- set fix = "Pass a statement, such as 'the customer wants a refund', or {'sql': 'claim'} for a column of statements." -%}
    {%- do warehouse_ai._wai_check_threshold(macro_name, threshold, 0.5) -%}
    {%- do warehouse_ai._wai_check_text(macro_name, text) -%}
    {%- set by_row = predicate is mapping and predicate | list == ['sql'] -%}
    {%- do warehouse_ai._wai_check_said(macro_name, 'predicate', predicate.sql if by_row else predicate, fix) -%}
    {%- set options = {'predicate': none if by_row else predicate, 'threshold': threshold} -%}
    {%- if by_row -%}
        {%- set text = "replace(" ~ predicate.sql ~ ", chr(31), ' ') || chr(31) || (" ~ text ~ ")" -%}
    {%- endif -%}
    {{- return(warehouse_ai._wai_call(macro_name, 'filter', text, options, on_error, model_name)) -}}
{%- endmacro %}
