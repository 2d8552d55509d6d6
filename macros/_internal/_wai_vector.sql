{#- The default encoder's vectors have 384 numbers, and their type says so; those of a model that the user names as many as it makes. -#}
{% macro _wai_vector(macro_name, text, on_error, model_name, field='') -%}
    {%- set call = warehouse_ai._wai_call(macro_name, 'embed', text, {}, on_error, model_name) ~ field -%}
    {%- if warehouse_ai._wai_named(macro_name, 'embed', model_name) is not none -%}
        {{- return(call) -}}
    {%- endif -%}
    {{- return('cast(' ~ call ~ ' as ' ~ ('float[384]' if field else 'struct("value" float[384], error varchar, model varchar)') ~ ')') -}}
{%- endmacro %}
