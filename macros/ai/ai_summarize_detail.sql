{% macro ai_summarize_detail(text, max_words=50, on_error='null', model=none, max_sentences=none) -%}
    {%- do warehouse_ai._wai_no_more_arguments('ai_summarize_detail', varargs, kwargs, ['max_words', 'on_error', 'model', 'max_sentences']) -%}
    {{- return(adapter.dispatch('ai_summarize_detail', 'warehouse_ai')(text, max_words, on_error, model, max_sentences)) -}}
{%- endmacro %}

{% macro duckdb__ai_summarize_detail(text, max_words, on_error, model_name, max_sentences) -%}
    {%- do warehouse_ai._wai_check_count('ai_summarize_detail', 'max_words', max_words, 1) -%}
    {%- set options = {'max_words': max_words} -%}
    {%- if max_sentences is not none -%}
        {%- do warehouse_ai._wai_check_count('ai_summarize_detail', 'max_sentences', max_sentences, 1) -%}
        {%- do options.update(max_sentences=max_sentences) -%}
    {%- endif -%}
    {{- return(warehouse_ai._wai_call('ai_summarize_detail', 'summarize', text, options, on_error, model_name)) -}}
{%- endmacro %}

{% macro default__ai_summarize_detail(text, max_words, on_error, model_name, max_sentences) -%}
    {%- do warehouse_ai._wai_unsupported_adapter('ai_summarize_detail') -%}
{%- endmacro %}
