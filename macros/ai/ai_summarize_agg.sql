{% macro ai_summarize_agg(text, max_words=50, on_error='null', model=none) -%}
    {%- do warehouse_ai._wai_no_more_arguments('ai_summarize_agg', varargs, kwargs, ['max_words', 'on_error', 'model']) -%}
    {{- return(adapter.dispatch('ai_summarize_agg', 'warehouse_ai')(text, max_words, on_error, model)) -}}
{%- endmacro %}

{% macro duckdb__ai_summarize_agg(text, max_words, on_error, model_name) -%}
    {%- do warehouse_ai._wai_check_text('ai_summarize_agg', text) -%}
    {%- do warehouse_ai._wai_check_count('ai_summarize_agg', 'max_words', max_words, 1) -%}
    {{- return(
        'wai_summarize_agg(list(' ~ text ~ '), '
        ~ warehouse_ai._wai_spec('ai_summarize_agg', 'summarize_agg', {'max_words': max_words}, on_error, model_name) ~ ').value'
    ) -}}
{%- endmacro %}

{% macro default__ai_summarize_agg(text, max_words, on_error, model_name) -%}
    {%- do warehouse_ai._wai_unsupported_adapter('ai_summarize_agg') -%}
{%- endmacro %}
