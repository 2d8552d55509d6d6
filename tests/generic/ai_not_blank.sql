{#- Texts of white space alone. NULL passes. -#}
{% test ai_not_blank(model, column_name) %}
select *
from {{ model }}
where trim(cast({{ column_name }} as varchar)) = ''
{% endtest %}
