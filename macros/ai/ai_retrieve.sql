{% macro ai_retrieve(query, relation=none, columns=none, source=none, k=5, filter=none, method='hybrid', rrf_k=60, on_error='null', model=none) -%}
    {%- do warehouse_ai._wai_no_more_arguments('ai_retrieve', varargs, kwargs, ['relation', 'columns', 'source', 'k', 'filter', 'method', 'rrf_k', 'on_error', 'model']) -%}
    {{- return(adapter.dispatch('ai_retrieve', 'warehouse_ai')(query, relation, columns, source, k, filter, method, rrf_k, on_error, model)) -}}
{%- endmacro %}

{% macro duckdb__ai_retrieve(query, relation, columns, source, k, filter, method, rrf_k, on_error, model_name) -%}
    {{- return(warehouse_ai._wai_search_call(
        'ai_retrieve', 'search', query, relation, columns, source, k, filter, method, rrf_k, {}, on_error, model_name
    ) ~ '.value') -}}
{%- endmacro %}

{% macro default__ai_retrieve(query, relation, columns, source, k, filter, method, rrf_k, on_error, model_name) -%}
    {%- do warehouse_ai._wai_unsupported_adapter('ai_retrieve') -%}
{%- endmacro %}
