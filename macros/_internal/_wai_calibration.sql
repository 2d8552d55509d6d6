{#-
    SQL of one row of figures, over the rows of the model with a label, a prediction and a probability. The error is the mean over bins of equal
    width of |mean score - share right|, weighted by rows: Naeini, Cooper, Hauskrecht 2015, https://ojs.aaai.org/index.php/AAAI/article/view/9602
    By chance, scores that mean what they say miss by about sqrt(2 / pi) standard deviations in each bin.
-#}
{% macro _wai_calibration(model, column_name, labels, key, label, score, label_where, bins) -%}
with judged as (
    select
        predicted.{{ column_name }} = labelled.label as is_right,
        predicted.{{ score }} as score,
        -- Softmax in single precision may exceed 1 in the last digit.
        predicted.{{ score }} between -1e-6 and 1 + 1e-6 as is_probability,
        case
            when labelled.label is null then 'label'
            when predicted.{{ column_name }} is null then 'prediction'
            when predicted.{{ score }} is null then 'score'
        end as missing
    from (select * from {{ model }}) as predicted
    left join (select {{ key }} as key, {{ label }} as label from {{ labels }} where {{ label_where }}) as labelled
        on predicted.{{ key }} = labelled.key
),
bins as (
    select
        greatest(least(floor(score * {{ bins }}), {{ bins }} - 1), 0) as bin,
        count(*) as n,
        avg(score) as mean_score,
        avg(cast(is_right as integer)) as accuracy,
        sqrt(2 / pi() * greatest(avg(score * (1 - score)), 0) / count(*)) as by_chance
    from judged
    where missing is null and is_probability
    group by bin
),
figures as (
    select
        coalesce(sum(n), 0) as n,
        sum(n * abs(mean_score - accuracy)) / sum(n) as error,
        sum(n * by_chance) / sum(n) as by_chance,
        sum(n * mean_score) / sum(n) as mean_score,
        sum(n * accuracy) / sum(n) as accuracy,
        max_by(
            format(
                '{:g} to {:g}: mean score {:.3f}, accuracy {:.3f} on {} rows',
                bin / {{ bins }}, (bin + 1) / {{ bins }}, mean_score, accuracy, n
            ),
            n * abs(mean_score - accuracy)
        ) as worst_bin
    from bins
)
select
    figures.*,
    count(*) filter (judged.missing = 'label') as without_label,
    count(*) filter (judged.missing = 'prediction') as without_prediction,
    count(*) filter (judged.missing = 'score') as without_score,
    count(*) filter (judged.missing is null and not judged.is_probability) as no_probability
from figures
left join judged
    on true
group by all
{%- endmacro %}


{% macro _wai_check_calibration(model, column_name, labels, key, label, score) -%}
    {%- for argument, column, relation in [
        ('column_name', column_name, model), ('key', key, model), ('key', key, labels), ('label', label, labels),
    ] -%}
        {%- do warehouse_ai._wai_column_type('ai_calibration', argument, column, relation) -%}
    {%- endfor -%}
    {%- set type = warehouse_ai._wai_column_type('ai_calibration', 'score', score, model) -%}
    {%- if not modules.re.match('(DOUBLE|FLOAT|DECIMAL|[A-Z]*INT(EGER)?)([(]|$)', type) -%}
        {%- do warehouse_ai._wai_bad_argument(
            'ai_calibration', 'score', "names '" ~ score ~ "', which is " ~ type, 'Name the column with the probability.'
        ) -%}
    {%- endif -%}
{%- endmacro %}


{% macro _wai_print_calibration(measured, tested, at_most) -%}
    {%- set row = run_query(measured).rows[0] -%}
    {%- set figures = {} -%}
    {%- for name in ['error', 'by_chance', 'mean_score', 'accuracy'] -%}
        {%- do figures.update({name: warehouse_ai._wai_decimals(row[name])}) -%}
    {%- endfor -%}
    {%- set comparison = 'error ' ~ figures.error ~ ' (' ~ figures.by_chance ~ ' by chance alone), mean score ' ~ figures.mean_score
        ~ ', accuracy ' ~ figures.accuracy ~ ' on ' ~ row['n'] ~ ' rows, error must not exceed ' ~ at_most ~ '. Worst bin: ' ~ row['worst_bin'] -%}
    {%- do log(
        'ai_calibration ' ~ tested ~ ': ' ~ (comparison if row['n'] else 'no row could be compared') ~ '. Left out: '
        ~ row['without_label'] ~ ' without a label, ' ~ row['without_prediction'] ~ ' without a prediction, '
        ~ row['without_score'] ~ ' without a score'
        ~ ('. No probability, below 0 or above 1: ' ~ row['no_probability'] if row['no_probability'] else ''),
        info=true
    ) -%}
{%- endmacro %}
