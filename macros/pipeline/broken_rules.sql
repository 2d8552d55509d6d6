{#- The reasons, in words, of the rules that a row breaks: a list, empty where it keeps all. Rules are a list of {reason, broken}. -#}
{% macro broken_rules(rules) -%}
list_filter([
    {%- for rule in rules %}
    case when {{ rule.broken }} then {{ warehouse_ai._wai_literal(rule.reason) }} end{{ ',' if not loop.last }}
    {%- endfor %}
], lambda reason: reason is not null)
{%- endmacro %}
