{#- `high` from 0.8 on, else `review`. -#}
{% macro quality_tier(score) -%}
case when {{ score }} >= 0.8 then 'high' else 'review' end
{%- endmacro %}
