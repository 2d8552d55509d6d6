{#- The cast of an embedding: the default encoder's vectors have 384 numbers, those of a model that the user names as many as it makes. -#}
{% macro _wai_vector_type(macro_name, model_name, detail=false) -%}
    {%- if warehouse_ai._wai_named(macro_name, 'embed', model_name) is none -%}
        {{- return('::struct("value" float[384], error varchar, model varchar)' if detail else '::float[384]') -}}
    {%- endif -%}
    {{- return('') -}}
{%- endmacro %}
