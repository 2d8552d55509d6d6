{#- Expected calibration error of predicted labels and their scores. Fails above `at_most`, and where nothing can be compared. -#}
{% test ai_calibration(model, column_name, labels, key, label, score, at_most=0.05, label_where='true', bins=10) %}
    {%- do warehouse_ai._wai_check_at_most('ai_calibration', at_most) -%}
    {%- do warehouse_ai._wai_check_count('ai_calibration', 'bins', bins, 1) -%}
    {%- set measured = warehouse_ai._wai_calibration(model, column_name, labels, key, label, score, label_where, bins) -%}
    {%- if execute and flags.WHICH in ['test', 'build'] -%}
        {%- do warehouse_ai._wai_check_calibration(model, column_name, labels, key, label, score) -%}
        {%- do warehouse_ai._wai_print_calibration(measured, warehouse_ai._wai_tested(model, column_name), at_most) -%}
    {%- endif -%}
select *
from ({{ measured }})
where coalesce(error > {{ at_most }}, true) or no_probability > 0
{% endtest %}
