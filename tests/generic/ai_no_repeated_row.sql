{#- Groups of rows that agree in every column, a key that the load made aside. -#}
{% test ai_no_repeated_row(model, besides=[]) %}
select
    * {% if besides %}exclude ({{ besides | join(', ') }}){% endif %},
    count(*) as n_records
from {{ model }}
group by all
having count(*) > 1
{% endtest %}
