{#- SQL of one row of figures, over the rows that have a label. -#}
{% macro _wai_measured(model, column_name, labels, key, label, metric, label_where) -%}
    {%- if metric not in ['accuracy', 'macro_f1', 'match_f1'] -%}
        {%- do warehouse_ai._wai_bad_argument('ai_accuracy', 'metric', "is '" ~ metric ~ "'", 'Use accuracy, macro_f1 or match_f1.') -%}
    {%- endif -%}
    {%- set pairs -%}
    select
        predicted.{{ column_name }} as predicted,
        labelled.{{ label }} as label
    from (select {{ key }}, {{ label }} from {{ labels }} where {{ label_where }}) as labelled
    inner join {{ model }} as predicted
        on labelled.{{ key }} = predicted.{{ key }}
    where labelled.{{ label }} is not null
    {%- endset -%}
    {{- return(warehouse_ai._wai_match_f1(pairs) if metric == 'match_f1' else warehouse_ai._wai_label_scores(pairs)) -}}
{%- endmacro %}


{#- One label a row: accuracy, unweighted mean of the labels' F1, and the five most frequent confusions. -#}
{% macro _wai_label_scores(pairs) -%}
with pairs as (
    {{ pairs }}
),
by_label as (
    select
        labels.label,
        2.0 * count(*) filter (pairs.label = labels.label and pairs.predicted = labels.label)
        / nullif(count(*) filter (pairs.label = labels.label) + count(*) filter (pairs.predicted = labels.label), 0) as f1
    from (select distinct label from pairs) as labels
    cross join pairs
    group by labels.label
),
confusions as (
    select label || ' taken for ' || coalesce(predicted, 'nothing') || ' ' || count(*) as confusion
    from pairs
    where predicted is distinct from label
    group by label, predicted
    order by count(*) desc, label, predicted
    limit 5
)
select
    count(*) as n,
    avg(cast(predicted is not distinct from label as integer)) as accuracy,
    (select avg(f1) from by_label) as macro_f1,
    (select string_agg(confusion, ', ') from confusions) as worst
from pairs
{%- endmacro %}


{#-
    Lists of right values: a prediction is right if it is one of them, letter case and white space aside. Precision is over the rows with a
    prediction, recall over the rows with a value to find.
-#}
{% macro _wai_match_f1(pairs) -%}
with pairs as (
    {{ pairs }}
),
judged as (
    select
        predicted is not null as is_predicted,
        len(label) > 0 as is_labelled,
        coalesce(list_contains(list_transform(label, lambda x: lower(trim(x))), lower(trim(predicted))), false) as is_right,
        predicted,
        label
    from pairs
),
misses as (
    select coalesce(predicted, 'nothing') || ' for ' || cast(label as varchar) as miss
    from judged
    where not is_right and (is_predicted or is_labelled)
    order by len(label) desc, miss
    limit 5
)
select
    count(*) as n,
    count(*) filter (is_right) / nullif(count(*) filter (is_predicted), 0) as precision,
    count(*) filter (is_right) / nullif(count(*) filter (is_labelled), 0) as recall,
    2.0 * count(*) filter (is_right) / nullif(count(*) filter (is_predicted) + count(*) filter (is_labelled), 0) as match_f1,
    (select string_agg(miss, ', ') from misses) as worst
from judged
{%- endmacro %}


{% macro _wai_print_accuracy(measured, model, column_name, metric, at_least) -%}
    {%- set found = run_query(measured) -%}
    {%- set row = found.rows[0] -%}
    {%- set figures = [] -%}
    {%- for name in found.column_names if name not in ['n', 'worst'] -%}
        {%- do figures.append(name ~ ' ' ~ ('%.3f' | format(row[name] | float) if row[name] is not none else 'none')) -%}
    {%- endfor -%}
    {%- do log(
        'ai_accuracy ' ~ model.identifier ~ '.' ~ column_name ~ ': ' ~ figures | join(', ') ~ ' on ' ~ row['n'] ~ ' rows, ' ~ metric
        ~ ' must reach ' ~ at_least ~ '. Most missed: ' ~ (row['worst'] or 'nothing'),
        info=true
    ) -%}
{%- endmacro %}
