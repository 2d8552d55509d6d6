{% macro _wai_aspects_call(macro_name, text, aspects, on_error, model_name) -%}
    {%- set fix = "Pass what the texts may speak of, such as ['food', 'service']." -%}
    {%- if not aspects -%}
        {%- do warehouse_ai._wai_bad_argument(macro_name, 'aspects', 'has no aspects', fix) -%}
    {%- endif -%}
    {%- do warehouse_ai._wai_check_texts(macro_name, 'aspects', aspects, fix) -%}
    {%- if aspects | map('lower') | unique | list | length < aspects | length -%}
        {%- do warehouse_ai._wai_bad_argument(macro_name, 'aspects', 'has an aspect twice, letter case aside', 'Name each aspect once.') -%}
    {%- endif -%}
    {{- return(warehouse_ai._wai_call(macro_name, 'sentiment_aspects', text, {'aspects': aspects | list}, on_error, model_name)) -}}
{%- endmacro %}


{#- The scores as a STRUCT with one field for each aspect; NULL where there is no text to read. -#}
{% macro _wai_aspects_struct(text, call, aspects) -%}
    {%- set fields = [] -%}
    {%- for aspect in aspects -%}
        {%- do fields.append('"' ~ aspect | replace('"', '""') ~ '" := ' ~ call ~ '.value[' ~ warehouse_ai._wai_literal(aspect) ~ ']') -%}
    {%- endfor -%}
    {{- return('case when ' ~ call ~ '.value is not null then struct_pack(' ~ fields | join(', ') ~ ') end') -}}
{%- endmacro %}
