{% macro ai_moderate_detail(text, policy=none, on_error='null', model=none) -%}
    {%- do warehouse_ai._wai_no_more_arguments('ai_moderate_detail', varargs, kwargs, ['policy', 'on_error', 'model']) -%}
    {{- return(adapter.dispatch('ai_moderate_detail', 'warehouse_ai')(text, policy, on_error, model)) -}}
{%- endmacro %}

{% macro duckdb__ai_moderate_detail(text, policy, on_error, model_name) -%}
    {{- return(warehouse_ai._wai_call('ai_moderate_detail', 'moderate', text, {'policy': warehouse_ai._wai_policy('ai_moderate_detail', policy)}, on_error, model_name)) -}}
{%- endmacro %}

{% macro default__ai_moderate_detail(text, policy, on_error, model_name) -%}
    {%- do warehouse_ai._wai_unsupported_adapter('ai_moderate_detail') -%}
{%- endmacro %}
