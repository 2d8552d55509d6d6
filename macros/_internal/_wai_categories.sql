{#- Categories of personal data: those asked for, or the ones that identify a person. -#}
{% macro _wai_categories(macro_name, categories) -%}
    {%- set direct = ['person', 'address', 'location', 'email', 'phone', 'url', 'ip_address', 'credit_card', 'iban', 'national_id'] -%}
    {%- set known = direct + ['organisation', 'date', 'age', 'nationality', 'title'] -%}
    {%- if categories is none -%}
        {{- return(direct) -}}
    {%- endif -%}
    {%- set fix = 'Pass a list of ' ~ known | join(', ') ~ '.' -%}
    {%- do warehouse_ai._wai_check_texts(macro_name, 'categories', categories, fix) -%}
    {%- if not categories -%}
        {%- do warehouse_ai._wai_bad_argument(macro_name, 'categories', 'is empty', fix) -%}
    {%- endif -%}
    {%- for category in categories if category not in known -%}
        {%- do warehouse_ai._wai_bad_argument(macro_name, 'categories', "has the unknown category '" ~ category ~ "'", fix) -%}
    {%- endfor -%}
    {{- return(known | select('in', categories) | list) -}}
{%- endmacro %}
