{% macro ai_classify_image(path, labels=none, model=none, head=none, threshold=none, none_label=none, max_mb=20, on_error='null') -%}
    {%- do warehouse_ai._wai_no_more_arguments('ai_classify_image', varargs, kwargs, ['labels', 'model', 'head', 'threshold', 'none_label', 'max_mb', 'on_error']) -%}
    {{- return(adapter.dispatch('ai_classify_image', 'warehouse_ai')(path, labels, model, head, threshold, none_label, max_mb, on_error)) -}}
{%- endmacro %}

{% macro duckdb__ai_classify_image(path, labels, model_name, head, threshold, none_label, max_mb, on_error) -%}
    {{- return(warehouse_ai._wai_classify_image_call(
        'ai_classify_image', path, labels, model_name, head, threshold, none_label, max_mb, on_error
    ) ~ '.value') -}}
{%- endmacro %}

{% macro default__ai_classify_image(path, labels, model_name, head, threshold, none_label, max_mb, on_error) -%}
    {%- do warehouse_ai._wai_unsupported_adapter('ai_classify_image') -%}
{%- endmacro %}
