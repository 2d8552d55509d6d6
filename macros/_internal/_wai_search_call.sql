{#-
    Print a call of `wai_<function>(query, (select wai_index(texts, sources, wai_spec(...)) from relation))`: the passages are read, embedded
    and indexed once, stay in memory, and are handed on as a short id; the questions of a column are then answered together.
-#}
{% macro _wai_search_call(macro_name, function, query, relation, columns, source, k, filter, method, rrf_k, options, on_error, model_name, unnoted={}, argument='query') -%}
    {%- do warehouse_ai._wai_check_text(macro_name, query, argument) -%}
    {%- do warehouse_ai._wai_check_relation(macro_name, relation) -%}
    {%- set text = warehouse_ai._wai_passage_text(macro_name, columns) -%}
    {%- if source is not string or not source | trim -%}
        {%- do warehouse_ai._wai_bad_argument(macro_name, 'source', 'is missing', "Pass the column that names a passage, such as source='article_id'.") -%}
    {%- endif -%}
    {%- set spec = warehouse_ai._wai_search_spec(macro_name, function, k, method, rrf_k, options, on_error, model_name, unnoted) -%}
    {%- set passages = '(select ' ~ text ~ ' as wai_text, cast(' ~ source ~ ' as varchar) as wai_source from ' ~ relation
        ~ (' where ' ~ filter if filter else '') ~ ')' -%}
    {{- return('wai_' ~ function ~ '(' ~ query ~ ', ' ~ warehouse_ai._wai_index(passages, spec) ~ ')') -}}
{%- endmacro %}


{#- Print the index over `passages`, which has `wai_text` and `wai_source`; sorted, so that ties fall the same way in every run. -#}
{% macro _wai_index(passages, spec, order='wai_source, wai_text') -%}
    {%- set lists = [] -%}
    {%- for column in ['wai_text', 'wai_source'] -%}
        {%- do lists.append('coalesce(list(' ~ column ~ ' order by ' ~ order ~ '), cast([] as varchar[]))') -%}
    {%- endfor -%}
    {{- return('(select wai_index(' ~ lists | join(', ') ~ ', ' ~ spec ~ ') from ' ~ passages ~ ')') -}}
{%- endmacro %}


{#- Check how passages are found, and print the specification. -#}
{% macro _wai_search_spec(macro_name, function, k, method, rrf_k, options, on_error, model_name, unnoted={}) -%}
    {%- do warehouse_ai._wai_check_count(macro_name, 'k', k, 1) -%}
    {%- do warehouse_ai._wai_check_count(macro_name, 'rrf_k', rrf_k, 1) -%}
    {%- if method not in ['vector', 'bm25', 'hybrid'] -%}
        {%- do warehouse_ai._wai_bad_argument(
            macro_name, 'method', "is '" ~ method ~ "'", "Use 'vector' (by meaning), 'bm25' (by words) or 'hybrid' (both, fused)."
        ) -%}
    {%- endif -%}
    {{- return(warehouse_ai._wai_spec(
        macro_name, function, dict(options, k=k, method=method, constant=rrf_k), on_error, model_name, unnoted=unnoted
    )) -}}
{%- endmacro %}


{% macro _wai_check_relation(macro_name, relation) -%}
    {%- if relation is none or (relation is string and not relation | trim) -%}
        {%- do warehouse_ai._wai_bad_argument(macro_name, 'relation', 'is missing', "Pass the relation to search, such as ref('articles').") -%}
    {%- endif -%}
{%- endmacro %}


{#- SQL of the text of a passage: a column, or several that are read as one text. -#}
{% macro _wai_passage_text(macro_name, columns) -%}
    {%- set fix = "Pass a column, or a list of columns that are read as one text: ['title', 'body']." -%}
    {%- if not columns -%}
        {%- do warehouse_ai._wai_bad_argument(macro_name, 'columns', 'is empty', fix) -%}
    {%- endif -%}
    {%- do warehouse_ai._wai_check_texts(macro_name, 'columns', [columns] if columns is string else columns, fix) -%}
    {{- return(columns if columns is string else "nullif(concat_ws('\n', " ~ columns | join(', ') ~ "), '')") -}}
{%- endmacro %}
