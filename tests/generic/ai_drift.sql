{#- How far a column's distribution is from that of a reference. Fails above `at_most`, and where one of the two has no rows. -#}
{% test ai_drift(model, column_name, reference, metric='labels', at_most=none, reference_column=none, reference_where='true') %}
    {%- if metric not in ['labels', 'embedding'] -%}
        {%- do warehouse_ai._wai_bad_argument('ai_drift', 'metric', "is '" ~ metric ~ "'", 'Use labels or embedding.') -%}
    {%- endif -%}
    {%- set bound = at_most if at_most is not none else 0.2 if metric == 'labels' else 0.1 -%}
    {%- do warehouse_ai._wai_check_at_most('ai_drift', bound) -%}
    {%- set columns = [column_name, reference_column or column_name] -%}
    {%- set rows = warehouse_ai._wai_drift_rows(model, reference, columns, reference_where) -%}
    {%- set measured = warehouse_ai._wai_label_drift(rows) if metric == 'labels' else warehouse_ai._wai_embedding_drift(rows) -%}
    {%- if execute and flags.WHICH in ['test', 'build'] -%}
        {%- do warehouse_ai._wai_check_drift(model, reference, columns, metric) -%}
        {%- do warehouse_ai._wai_print_drift(measured, warehouse_ai._wai_tested(model, column_name), bound) -%}
    {%- endif -%}
select *
from ({{ measured }})
where coalesce({{ 'psi' if metric == 'labels' else 'cosine_distance' }} > {{ bound }}, true)
{% endtest %}
