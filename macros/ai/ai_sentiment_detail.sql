{% macro ai_sentiment_detail(text, threshold=none, none_label=none, on_error='null', model=none) -%}
    {%- do warehouse_ai._wai_no_more_arguments('ai_sentiment_detail', varargs, kwargs, ['threshold', 'none_label', 'on_error', 'model']) -%}
    {{- return(adapter.dispatch('ai_sentiment_detail', 'warehouse_ai')(text, threshold, none_label, on_error, model)) -}}
{%- endmacro %}

{% macro duckdb__ai_sentiment_detail(text, threshold, none_label, on_error, model_name) -%}
    {{- return(warehouse_ai._wai_sentiment_call('ai_sentiment_detail', text, threshold, none_label, on_error, model_name)) -}}
{%- endmacro %}

{% macro default__ai_sentiment_detail(text, threshold, none_label, on_error, model_name) -%}
    {%- do warehouse_ai._wai_unsupported_adapter('ai_sentiment_detail') -%}
{%- endmacro %}
