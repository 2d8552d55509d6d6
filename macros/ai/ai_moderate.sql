{% macro ai_moderate(text, policy=none, on_error='null', model=none) -%}
    {%- do warehouse_ai._wai_no_more_arguments('ai_moderate', varargs, kwargs, ['policy', 'on_error', 'model']) -%}
    {{- return(adapter.dispatch('ai_moderate', 'warehouse_ai')(text, policy, on_error, model)) -}}
{%- endmacro %}

{% macro duckdb__ai_moderate(text, policy, on_error, model_name) -%}
    {{- return(warehouse_ai._wai_call('ai_moderate', 'moderate', text, {'policy': warehouse_ai._wai_policy('ai_moderate', policy)}, on_error, model_name) ~ '.value') -}}
{%- endmacro %}

{% macro default__ai_moderate(text, policy, on_error, model_name) -%}
    {%- do warehouse_ai._wai_unsupported_adapter('ai_moderate') -%}
{%- endmacro %}
