{#- Texts that cannot be read as a number. NULL passes. -#}
{% test ai_is_number(model, column_name) %}
select *
from {{ model }}
where
    {{ column_name }} is not null
    and not coalesce(isfinite({{ warehouse_ai._wai_number(column_name) }}), false)
{% endtest %}
