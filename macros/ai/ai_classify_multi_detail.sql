{% macro ai_classify_multi_detail(text, labels=none, threshold=none, none_label=none, examples=none, on_error='null', model=none) -%}
    {%- do warehouse_ai._wai_no_more_arguments('ai_classify_multi_detail', varargs, kwargs, ['labels', 'threshold', 'none_label', 'examples', 'on_error', 'model']) -%}
    {{- return(adapter.dispatch('ai_classify_multi_detail', 'warehouse_ai')(text, labels, threshold, none_label, examples, on_error, model)) -}}
{%- endmacro %}

{% macro duckdb__ai_classify_multi_detail(text, labels, threshold, none_label, examples, on_error, model_name) -%}
    {{- return(warehouse_ai._wai_classify_call('ai_classify_multi_detail', text, labels, threshold, none_label, examples, on_error, function='classify_multi', model_name=model_name)) -}}
{%- endmacro %}

{% macro default__ai_classify_multi_detail(text, labels, threshold, none_label, examples, on_error, model_name) -%}
    {%- do warehouse_ai._wai_unsupported_adapter('ai_classify_multi_detail') -%}
{%- endmacro %}
