{{ config(materialized='table', tags=['ai', 'content', 'report']) }}

{%- set methods = ['vector', 'bm25', 'hybrid'] %}

with

questions as (
    select * from {{ ref('labelled_questions') }}
),

found as (
    {%- for method in methods %}
    select
        '{{ method }}' as method,
        question_id,
        article_id,
        {{ ai_retrieve('question', ref('article_passages'), 'passage_text', source='passage_id', method=method) }} as hits
    from questions
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

ranked as (
    select
        method,
        question_id,
        list_position(
            [split_part(hit.source, '-', 1) for hit in hits], cast(article_id as varchar)
        ) as first_rank
    from found
),

final as (
    select
        method,
        count(*) as question_count,
        avg(case when first_rank = 1 then 1 else 0 end) as recall_at_1,
        avg(case when first_rank > 0 then 1 else 0 end) as recall_at_5,
        avg(case when first_rank > 0 then 1 / cast(first_rank as double) else 0 end) as mean_reciprocal_rank
    from ranked
    group by method
)

select * from final
