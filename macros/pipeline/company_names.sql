{#- A list of the company names in a text, in their order: words that begin with a capital letter, up to a legal form. -#}
{% macro company_names(text) -%}
    {%- do warehouse_ai._wai_check_text('company_names', text) -%}
regexp_extract_all(
    {{ text }},
    '((?:\p{Lu}[\p{L}\d&.''-]* )+?(?:Ltd|Limited|PLC|Inc|LLC|LLP|Corp|DAC|GmbH|AG|KG|SE|AS|ASA|AB|Oy|OÜ|A/S|ApS|BV|B\.V|NV|SA|SAS|SARL|Srl|SpA|Lda|s\.r\.o|sp\. z o\.o|Pty Ltd)\b\.?)',
    1
)
{%- endmacro %}
