{#- Number of words of a text: runs of letters and digits, which apostrophes, hyphens, points and commas may join; 0 for NULL. -#}
{% macro word_count(text) -%}
    {%- do warehouse_ai._wai_check_text('word_count', text) -%}
len(regexp_extract_all(coalesce({{ text }}, ''), '[\p{L}\p{N}]+([''’.,-][\p{L}\p{N}]+)*'))
{%- endmacro %}
