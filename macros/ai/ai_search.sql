{% macro ai_search(query, relation=none, columns=none, k=10, filter=none, method='vector', rrf_k=60, on_error='null', model=none) -%}
    {%- do warehouse_ai._wai_no_more_arguments('ai_search', varargs, kwargs, ['query', 'columns', 'k', 'filter', 'method', 'rrf_k', 'on_error', 'model']) -%}
    {{- return(adapter.dispatch('ai_search', 'warehouse_ai')(query, relation, columns, k, filter, method, rrf_k, on_error, model)) -}}
{%- endmacro %}

{% macro duckdb__ai_search(query, relation, columns, k, filter, method, rrf_k, on_error, model_name) -%}
    {%- do warehouse_ai._wai_check_text('ai_search', query, 'query') -%}
    {%- do warehouse_ai._wai_check_relation('ai_search', relation) -%}
    {%- set text = warehouse_ai._wai_passage_text('ai_search', columns) -%}
    {%- set spec = warehouse_ai._wai_search_spec('ai_search', 'search', k, method, rrf_k, {}, on_error, model_name) -%}
    {%- set sql -%}
(
    with

    wai_passages as materialized (
        select
            found.*,
            row_number() over (order by found) as wai_place,
            cast(wai_place as varchar) as wai_source,
            {{ text }} as wai_text
        from (select * from {{ relation }}{% if filter %} where {{ filter }}{% endif %}) as found
    ),

    wai_hits as (
        select unnest(wai_search(wai_query, {{ warehouse_ai._wai_index('wai_passages', spec, 'wai_place') }}).value) as hit
        from (select {{ query }} as wai_query)
    )

    select
        wai_passages.* exclude (wai_place, wai_source, wai_text),
        hit.similarity,
        hit.bm25_score,
        hit.score,
        hit.rank,
        hit.vector_rank,
        hit.bm25_rank
    from wai_hits
    inner join wai_passages on wai_passages.wai_source = hit.source
    order by hit.rank
)
    {%- endset -%}
    {{- return(sql) -}}
{%- endmacro %}

{% macro default__ai_search(query, relation, columns, k, filter, method, rrf_k, on_error, model_name) -%}
    {%- do warehouse_ai._wai_unsupported_adapter('ai_search') -%}
{%- endmacro %}
