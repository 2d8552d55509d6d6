{% test ai_accuracy(model, column_name, labels, key, label, metric='accuracy', at_least=0.8, label_where='true') %}
    {%- set measured = warehouse_ai._wai_measured(model, column_name, labels, key, label, metric, label_where) -%}
    {%- if execute and flags.WHICH in ['test', 'build'] -%}
        {%- do warehouse_ai._wai_print_accuracy(measured, model, column_name, metric, at_least) -%}
    {%- endif -%}
select *
from ({{ measured }})
where coalesce({{ metric }}, 0) < {{ at_least }}
{% endtest %}
