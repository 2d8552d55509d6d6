{#- The one place where text becomes SQL. -#}
{% macro _wai_literal(value) -%}
    {{- return("'" ~ (value | string | replace("'", "''")) ~ "'") -}}
{%- endmacro %}
