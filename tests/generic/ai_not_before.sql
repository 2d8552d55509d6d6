{#- Times earlier than another of the same row. -#}
{% test ai_not_before(model, column_name, other) %}
select *
from {{ model }}
where {{ column_name }} < {{ other }}
{% endtest %}
