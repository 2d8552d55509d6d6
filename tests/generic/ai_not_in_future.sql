{#- Times later than now. A day of slack by default: columns without a time zone may hold the time of another zone. -#}
{% test ai_not_in_future(model, column_name, days_ahead=1) %}
select *
from {{ model }}
where epoch({{ column_name }}) > epoch(now()) + {{ days_ahead }} * 86400
{% endtest %}
