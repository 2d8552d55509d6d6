{% macro ai_context(query, relation=none, columns=none, source=none, k=5, max_tokens=1000, filter=none, method='hybrid', rrf_k=60, on_error='null', model=none) -%}
    {%- do warehouse_ai._wai_no_more_arguments('ai_context', varargs, kwargs, ['relation', 'columns', 'source', 'k', 'max_tokens', 'filter', 'method', 'rrf_k', 'on_error', 'model']) -%}
    {{- return(adapter.dispatch('ai_context', 'warehouse_ai')(query, relation, columns, source, k, max_tokens, filter, method, rrf_k, on_error, model)) -}}
{%- endmacro %}

{% macro duckdb__ai_context(query, relation, columns, source, k, max_tokens, filter, method, rrf_k, on_error, model_name) -%}
    {%- do warehouse_ai._wai_check_count('ai_context', 'max_tokens', max_tokens, 1) -%}
    {{- return(warehouse_ai._wai_search_call(
        'ai_context', 'context', query, relation, columns, source, k, filter, method, rrf_k, {'max_tokens': max_tokens}, on_error, model_name
    )) -}}
{%- endmacro %}

{% macro default__ai_context(query, relation, columns, source, k, max_tokens, filter, method, rrf_k, on_error, model_name) -%}
    {%- do warehouse_ai._wai_unsupported_adapter('ai_context') -%}
{%- endmacro %}
