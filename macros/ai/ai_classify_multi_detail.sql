{% macro ai_classify_multi_detail(text, labels=none, threshold=none, none_label=none, examples=none, on_error='null') -%}
    {%- do warehouse_ai._wai_no_more_arguments('ai_classify_multi_detail', varargs, kwargs, ['labels', 'threshold', 'none_label', 'examples', 'on_error']) -%}
    {{- return(adapter.dispatch('ai_classify_multi_detail', 'warehouse_ai')(text, labels, threshold, none_label, examples, on_error)) -}}
{%- endmacro %}

{% macro duckdb__ai_classify_multi_detail(text, labels, threshold, none_label, examples, on_error) -%}
    {{- return(warehouse_ai._wai_classify_call('ai_classify_multi_detail', text, labels, threshold, none_label, examples, on_error, function='classify_multi')) -}}
{%- endmacro %}

{% macro default__ai_classify_multi_detail(text, labels, threshold, none_label, examples, on_error) -%}
    {%- do warehouse_ai._wai_unsupported_adapter('ai_classify_multi_detail') -%}
{%- endmacro %}
