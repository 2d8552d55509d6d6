{#- Share of the rules that a row keeps, 0 to 1. -#}
{% macro quality_score(reasons, rules) -%}
1 - len({{ reasons }}) / {{ rules | length }}::double
{%- endmacro %}
