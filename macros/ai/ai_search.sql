{% macro ai_search(query, relation=none, columns=none, k=10, filter=none, on_error='null', model=none) -%}
    {%- do warehouse_ai._wai_no_more_arguments('ai_search', varargs, kwargs, ['query', 'columns', 'k', 'filter', 'on_error', 'model']) -%}
    {{- return(adapter.dispatch('ai_search', 'warehouse_ai')(query, relation, columns, k, filter, on_error, model)) -}}
{%- endmacro %}

{% macro duckdb__ai_search(query, relation, columns, k, filter, on_error, model_name) -%}
    {%- do warehouse_ai._wai_check_text('ai_search', query, 'query') -%}
    {%- do warehouse_ai._wai_check_count('ai_search', 'k', k, 1) -%}
    {%- if relation is none -%}
        {%- do warehouse_ai._wai_bad_argument('ai_search', 'relation', 'is missing', "Pass the relation to search, such as ref('articles').") -%}
    {%- endif -%}
    {%- set fix = "Pass a column, or a list of columns that are read as one text: ['title', 'body']." -%}
    {%- if not columns -%}
        {%- do warehouse_ai._wai_bad_argument('ai_search', 'columns', 'is empty', fix) -%}
    {%- endif -%}
    {%- do warehouse_ai._wai_check_texts('ai_search', 'columns', [columns] if columns is string else columns, fix) -%}
    {%- set text = columns if columns is string else "nullif(concat_ws('\n', " ~ columns | join(', ') ~ "), '')" -%}
    {%- set sql -%}
(
    select
        found.*,
        cast(list_cosine_similarity(
            {{ warehouse_ai._wai_call('ai_search', 'embed', text, {}, on_error, model_name) }}.value,
            (
                {#- Not a constant, which DuckDB would embed while it plans, even for an empty relation. -#}
                select {{ warehouse_ai._wai_call('ai_search', 'embed', 'query_text', {}, on_error, model_name) }}.value
                from (select {{ query }} as query_text from {{ relation }} limit 1)
            )
        ) as double) as similarity
    from (select * from {{ relation }}{% if filter %} where {{ filter }}{% endif %}) as found
    order by similarity desc nulls last, found
    limit {{ k }}
)
    {%- endset -%}
    {{- return(sql) -}}
{%- endmacro %}

{% macro default__ai_search(query, relation, columns, k, filter, on_error, model_name) -%}
    {%- do warehouse_ai._wai_unsupported_adapter('ai_search') -%}
{%- endmacro %}
