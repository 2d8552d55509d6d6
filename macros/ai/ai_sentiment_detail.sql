{% macro ai_sentiment_detail(text, threshold=none, none_label=none, on_error='null') -%}
    {%- do warehouse_ai._wai_no_more_arguments('ai_sentiment_detail', varargs, kwargs, ['threshold', 'none_label', 'on_error']) -%}
    {{- return(adapter.dispatch('ai_sentiment_detail', 'warehouse_ai')(text, threshold, none_label, on_error)) -}}
{%- endmacro %}

{% macro duckdb__ai_sentiment_detail(text, threshold, none_label, on_error) -%}
    {{- return(warehouse_ai._wai_sentiment_call('ai_sentiment_detail', text, threshold, none_label, on_error)) -}}
{%- endmacro %}

{% macro default__ai_sentiment_detail(text, threshold, none_label, on_error) -%}
    {%- do warehouse_ai._wai_unsupported_adapter('ai_sentiment_detail') -%}
{%- endmacro %}
