{#- Business rules of the shop's support contacts. -#}
{% macro support_contact_rules() -%}
    {{- return([
        {'broken': "reason is null", 'reason': 'reason is missing'},
        {'broken': "minutes_read is null or minutes_read < 0", 'reason': 'minutes are not a number from 0 on'},
        {'broken': "not is_known_customer", 'reason': 'customer is unknown'},
    ]) -}}
{%- endmacro %}
