{% macro ai_moderate(text, policy=none, on_error='null') -%}
    {%- do warehouse_ai._wai_no_more_arguments('ai_moderate', varargs, kwargs, ['policy', 'on_error']) -%}
    {{- return(adapter.dispatch('ai_moderate', 'warehouse_ai')(text, policy, on_error)) -}}
{%- endmacro %}

{% macro duckdb__ai_moderate(text, policy, on_error) -%}
    {{- return(warehouse_ai._wai_call('ai_moderate', 'moderate', text, {'policy': warehouse_ai._wai_policy('ai_moderate', policy)}, on_error) ~ '.value') -}}
{%- endmacro %}

{% macro default__ai_moderate(text, policy, on_error) -%}
    {%- do warehouse_ai._wai_unsupported_adapter('ai_moderate') -%}
{%- endmacro %}
