{% macro ai_sentiment_aspects(text, aspects=none, on_error='null', model=none) -%}
    {%- do warehouse_ai._wai_no_more_arguments('ai_sentiment_aspects', varargs, kwargs, ['aspects', 'on_error', 'model']) -%}
    {{- return(adapter.dispatch('ai_sentiment_aspects', 'warehouse_ai')(text, aspects, on_error, model)) -}}
{%- endmacro %}

{% macro duckdb__ai_sentiment_aspects(text, aspects, on_error, model_name) -%}
    {%- set call = warehouse_ai._wai_aspects_call('ai_sentiment_aspects', text, aspects, on_error, model_name) -%}
    {{- return(warehouse_ai._wai_aspects_struct(text, call, aspects)) -}}
{%- endmacro %}

{% macro default__ai_sentiment_aspects(text, aspects, on_error, model_name) -%}
    {%- do warehouse_ai._wai_unsupported_adapter('ai_sentiment_aspects') -%}
{%- endmacro %}
