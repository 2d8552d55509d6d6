{% macro ai_coverage(relation, predicted=none, score=none, labels=none, key=none, label=none, precision=[0.9, 0.95, 0.99]) -%}
    {%- do warehouse_ai._wai_no_more_arguments(
        'ai_coverage', varargs, kwargs, ['predicted', 'score', 'labels', 'key', 'label', 'precision']
    ) -%}
    {{- return(adapter.dispatch('ai_coverage', 'warehouse_ai')(relation, predicted, score, labels, key, label, precision)) -}}
{%- endmacro %}

{% macro duckdb__ai_coverage(relation, predicted, score, labels, key, label, precision) -%}
    {%- for name, given in {'predicted': predicted, 'score': score, 'labels': labels, 'key': key, 'label': label}.items() if given is none -%}
        {%- do warehouse_ai._wai_bad_argument(
            'ai_coverage', name, 'is missing', "Pass predicted, score, labels=ref(...), key and label, such as key='ticket_id', label='team'."
        ) -%}
    {%- endfor -%}
    {%- for share in precision if share is not number or share is boolean or share <= 0 or share > 1 -%}
        {%- do warehouse_ai._wai_bad_argument(
            'ai_coverage', 'precision', 'holds ' ~ share, 'Pass shares above 0 and up to 1, such as precision=[0.9, 0.95, 0.99].'
        ) -%}
    {%- endfor -%}
    {%- set sql -%}
(
    with judged as (
        select
            answered.{{ score }} as score,
            cast(answered.{{ predicted }} = labelled.{{ label }} as integer) as is_right
        from (select * from {{ labels }}) as labelled
        inner join (select * from {{ relation }}) as answered
            on labelled.{{ key }} = answered.{{ key }}
        where labelled.{{ label }} is not null
    ),

    -- What a threshold at each score that occurs would keep; equal scores stay or go together.
    kept as (
        select
            score,
            count(*) over (order by score desc) as answers,
            avg(is_right) over (order by score desc) as precision_share
        from judged
        where score is not null and is_right is not null
    ),

    wanted as (
        select unnest(cast([{% for share in precision %}{{ share }}{{ ', ' if not loop.last }}{% endfor %}] as double[])) as wanted_precision
    )

    select
        wanted.wanted_precision,
        min(kept.score) as threshold,
        coalesce(max(kept.answers), 0) / nullif((select count(*) from judged), 0) as coverage,
        min_by(kept.precision_share, kept.score) as precision_share,
        (select count(*) from judged) as labelled_rows
    from wanted
    left join kept
        on kept.precision_share >= wanted.wanted_precision
    group by wanted.wanted_precision
)
    {%- endset -%}
    {{- return(sql) -}}
{%- endmacro %}

{% macro default__ai_coverage(relation, predicted, score, labels, key, label, precision) -%}
    {%- do warehouse_ai._wai_unsupported_adapter('ai_coverage') -%}
{%- endmacro %}
