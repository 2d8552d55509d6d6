{% macro ai_sentiment_aspects_detail(text, aspects=none, on_error='null', model=none) -%}
    {%- do warehouse_ai._wai_no_more_arguments('ai_sentiment_aspects_detail', varargs, kwargs, ['aspects', 'on_error', 'model']) -%}
    {{- return(adapter.dispatch('ai_sentiment_aspects_detail', 'warehouse_ai')(text, aspects, on_error, model)) -}}
{%- endmacro %}

{% macro duckdb__ai_sentiment_aspects_detail(text, aspects, on_error, model_name) -%}
    {%- set call = warehouse_ai._wai_aspects_call('ai_sentiment_aspects_detail', text, aspects, on_error, model_name) -%}
    {%- set sql -%}
case when ({{ text }}) is not null then struct_pack(
    value := {{ warehouse_ai._wai_aspects_struct(text, call, aspects) }},
    labels := {{ call }}.labels,
    error := {{ call }}.error,
    model := {{ call }}.model
) end
    {%- endset -%}
    {{- return(sql) -}}
{%- endmacro %}

{% macro default__ai_sentiment_aspects_detail(text, aspects, on_error, model_name) -%}
    {%- do warehouse_ai._wai_unsupported_adapter('ai_sentiment_aspects_detail') -%}
{%- endmacro %}
