{#- Rows that landed too long after what they report. -#}
{% test ai_arrives_within(model, column_name, since, hours) %}
select *
from {{ model }}
where epoch({{ column_name }}) - epoch({{ since }}) > {{ hours }} * 3600
{% endtest %}
