{% macro ai_summarize(text, max_words=50, on_error='null', model=none) -%}
    {%- do warehouse_ai._wai_no_more_arguments('ai_summarize', varargs, kwargs, ['max_words', 'on_error', 'model']) -%}
    {{- return(adapter.dispatch('ai_summarize', 'warehouse_ai')(text, max_words, on_error, model)) -}}
{%- endmacro %}

{% macro duckdb__ai_summarize(text, max_words, on_error, model_name) -%}
    {%- do warehouse_ai._wai_check_count('ai_summarize', 'max_words', max_words, 1) -%}
    {{- return(warehouse_ai._wai_call('ai_summarize', 'summarize', text, {'max_words': max_words}, on_error, model_name) ~ '.value') -}}
{%- endmacro %}

{% macro default__ai_summarize(text, max_words, on_error, model_name) -%}
    {%- do warehouse_ai._wai_unsupported_adapter('ai_summarize') -%}
{%- endmacro %}
