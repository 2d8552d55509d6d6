{% macro ai_fit(text, label=none, on_error='null') -%}
    {%- do warehouse_ai._wai_no_more_arguments('ai_fit', varargs, kwargs, ['label', 'on_error']) -%}
    {{- return(adapter.dispatch('ai_fit', 'warehouse_ai')(text, label, on_error)) -}}
{%- endmacro %}

{% macro duckdb__ai_fit(text, label, on_error) -%}
    {%- do warehouse_ai._wai_check_text('ai_fit', text) -%}
    {%- do warehouse_ai._wai_check_text('ai_fit', label, 'label') -%}
    {{- return('wai_fit(list(' ~ text ~ '), list(' ~ label ~ '), ' ~ warehouse_ai._wai_spec('ai_fit', 'fit', {}, on_error) ~ ')') -}}
{%- endmacro %}

{% macro default__ai_fit(text, label, on_error) -%}
    {%- do warehouse_ai._wai_unsupported_adapter('ai_fit') -%}
{%- endmacro %}
