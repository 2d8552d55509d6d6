{% macro ai_classify(text, labels=none, threshold=none, none_label=none, examples=none, on_error='null', head=none) -%}
    {%- do warehouse_ai._wai_no_more_arguments('ai_classify', varargs, kwargs, ['labels', 'threshold', 'none_label', 'examples', 'on_error', 'head']) -%}
    {{- return(adapter.dispatch('ai_classify', 'warehouse_ai')(text, labels, threshold, none_label, examples, on_error, head)) -}}
{%- endmacro %}

{% macro duckdb__ai_classify(text, labels, threshold, none_label, examples, on_error, head) -%}
    {{- return(warehouse_ai._wai_classify_call('ai_classify', text, labels, threshold, none_label, examples, on_error, head=head) ~ '.value') -}}
{%- endmacro %}

{% macro default__ai_classify(text, labels, threshold, none_label, examples, on_error, head) -%}
    {%- do warehouse_ai._wai_unsupported_adapter('ai_classify') -%}
{%- endmacro %}
