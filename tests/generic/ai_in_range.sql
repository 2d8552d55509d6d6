{#- Numbers outside a range. NULL and texts that are no number pass: `not_null` and `ai_is_number` are there for them. -#}
{% test ai_in_range(model, column_name, at_least=none, above=none, at_most=none) %}
    {%- set outside = [] -%}
    {%- for bound, operator in [(at_least, '<'), (above, '<='), (at_most, '>')] if bound is not none -%}
        {%- do outside.append(warehouse_ai._wai_number(column_name) ~ ' ' ~ operator ~ ' ' ~ bound) -%}
    {%- endfor -%}
    {%- if not outside -%}
        {%- do warehouse_ai._wai_bad_argument('ai_in_range', 'at_least', 'is missing, and so are above and at_most', 'Pass one bound or more.') -%}
    {%- endif -%}
select *
from {{ model }}
where {{ outside | join(' or ') }}
{% endtest %}
