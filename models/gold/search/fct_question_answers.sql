{{ config(materialized='table', tags=['ai', 'sample']) }}

with

questions as (
    select * from {{ ref('labelled_questions') }}
),

answered as (
    select
        *,
        {{ ai_answer('question', ref('article_passages'), 'passage_text', source='passage_id') }} as reply
    from questions
),

final as (
    select
        -- ids
        question_id,
        article_id as labelled_article_id,

        -- strings
        question,
        reply.answer as answer_text,
        answer as labelled_answer,
        reply.method as answer_method,
        reply.error as answer_error,
        reply.model as answer_model,

        -- lists
        [citation.source for citation in reply.citations] as cited_passage_ids,

        -- booleans
        reply.citations_valid as has_valid_citations,
        coalesce(list_contains(
            [split_part(citation.source, '-', 1) for citation in reply.citations], cast(article_id as varchar)
        ), false) as cites_labelled_article
    from answered
)

select * from final
