{{ config(materialized='table', tags=['ai', 'report']) }}

with

questions as (
    select * from {{ ref('labelled_questions') }}
),

found as (
    select
        article_id,
        {{ ai_retrieve('question', ref('article_passages'), 'passage_text', source='passage_id', method='vector') }} as by_vector,
        {{ ai_retrieve('question', ref('article_passages'), 'passage_text', source='passage_id', method='bm25') }} as by_words,
        {{ ai_retrieve('question', ref('article_passages'), 'passage_text', source='passage_id', method='hybrid') }} as by_both
    from questions
),

by_method as (
    select
        cast(article_id as varchar) as labelled_article_id,
        unnest([
            struct_pack(search_method := 'vector', hits := by_vector),
            struct_pack(search_method := 'bm25', hits := by_words),
            struct_pack(search_method := 'hybrid', hits := by_both)
        ]) as answer
    from found
),

ranked as (
    select
        answer.search_method,
        list_position([split_part(hit.source, '-', 1) for hit in answer.hits], labelled_article_id) as first_rank
    from by_method
),

final as (
    select
        search_method,
        count(*) as question_count,
        avg(case when first_rank = 1 then 1 else 0 end) as recall_at_1,
        avg(case when first_rank > 0 then 1 else 0 end) as recall_at_5,
        avg(case when first_rank > 0 then 1 / cast(first_rank as double) else 0 end) as mean_reciprocal_rank
    from ranked
    group by search_method
)

select * from final
