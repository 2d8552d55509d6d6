{#- How many marketing terms a text has, repeated ones counted again; 0 for NULL. -#}
{% macro marketing_term_count(text) -%}
    {%- do warehouse_ai._wai_check_text('marketing_term_count', text) -%}
len(regexp_extract_all(coalesce(lower({{ text }}), ''), '\b({{ marketing_terms() | join('|') }})\b'))
{%- endmacro %}
