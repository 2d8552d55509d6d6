{#- The columns that say how good a row is: reasons, quality_score and quality_tier; each is made of the one before. -#}
{% macro quality_columns(rules) -%}
{{ broken_rules(rules) }} as reasons,
    {{ quality_score('reasons', rules) }} as quality_score,
    {{ quality_tier('quality_score') }} as quality_tier
{%- endmacro %}
