{#-
    Read a number out of a text: `45200`, `12,50`, `EUR 45200`, `12.50 EUR`, `45k`. NULL where there is none to read.
-#}
{% macro number_of(text) -%}
    {%- do warehouse_ai._wai_check_text('number_of', text) -%}
{%- set bare = "regexp_replace(upper(trim(" ~ text ~ ")), '^(EUR|€)\\s*|\\s*(EUR|€)$', '', 'g')" -%}
case
    when regexp_full_match({{ bare }}, '-?\d+(\.\d+)?') then try_cast({{ bare }} as double)
    when regexp_full_match({{ bare }}, '-?\d+,\d{1,2}') then try_cast(replace({{ bare }}, ',', '.') as double)
    when regexp_full_match({{ bare }}, '-?\d+(\.\d+)?K') then 1000 * try_cast(rtrim({{ bare }}, 'K') as double)
end
{%- endmacro %}
