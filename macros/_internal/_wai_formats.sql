{#- SQL of a column as a finite or infinite number, NULL where it is none. -#}
{% macro _wai_number(column) -%}
    {{- return('try_cast(trim(cast(' ~ column ~ ' as varchar)) as double)') -}}
{%- endmacro %}


{#- Formats of `ai_matches_format`, the narrower first. -#}
{% macro _wai_formats() -%}
    {{- return(['email', 'uuid', 'url', 'date', 'timestamp', 'country_code']) -}}
{%- endmacro %}


{#- SQL condition that a text has a format; NULL stays NULL. -#}
{% macro _wai_has_format(text, format) -%}
    {%- set patterns = {
        'email': '[^@ ,;<>]+@[^@ ,;.<>]+([.][^@ ,;.<>]+)+',
        'uuid': '[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}',
        'url': '(https?|ftp)://[^ /?#]+([/?#][^ ]*)?',
    } -%}
    {%- if format in patterns -%}
        {{- return('regexp_full_match(' ~ text ~ ', ' ~ warehouse_ai._wai_literal(patterns[format]) ~ ')') -}}
    {%- elif format == 'country_code' -%}
        {%- set codes = (
            'AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK '
            'CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS '
            'GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV '
            'LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM '
            'PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR '
            'TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW'
        ).split() -%}
        {{- return('(upper(' ~ text ~ ") in ('" ~ codes | join("', '") ~ "'))") -}}
    {%- endif -%}
    {%- set shape = '[0-9]{4}-[0-9]{2}-[0-9]{2}' ~ ('' if format == 'date' else '[ T][0-9]{2}:[0-9]{2}.*') -%}
    {{- return(
        '(regexp_full_match(' ~ text ~ ", '" ~ shape ~ "') and (" ~ text ~ ' is null or try_cast(' ~ text ~ ' as '
        ~ ('date' if format == 'date' else 'timestamptz') ~ ') is not null))'
    ) -}}
{%- endmacro %}


{#- SQL condition that a text says nothing. -#}
{% macro _wai_says_nothing(text, min_length=2, fillers=[]) -%}
    {%- set x = 'lower(trim(' ~ text ~ '))' -%}
    {%- set said = fillers | map('lower') | map('trim') | list -%}
(
        length({{ x }}) < {{ min_length }}
        or not regexp_matches({{ x }}, '\p{L}')
        or length({{ x }}) > 4 and length(list_distinct(string_split({{ x }}, ''))) <= 2
        or length(string_split({{ x }}, ' ')) > 1 and length(list_distinct(string_split({{ x }}, ' '))) = 1
        or regexp_matches({{ x }}, '^\W*(asdf|qwert|yxcv|zxcv|hjkl|lorem ipsum)')
        or regexp_full_match({{ x }}, '\W*(n/?a|none|null|nil|tb[ad]|to ?do|test|testing|dummy|foo|bar|delete me|unknown|xxx)[\W\d]*')
        or regexp_full_match({{ x }}, '[b-df-hj-np-tv-xz\W\d]*') and length(regexp_replace({{ x }}, '[\W\d]', '', 'g')) > 4
        {%- if said %}
        or {{ x }} in ({% for filler in said %}{{ warehouse_ai._wai_literal(filler) }}{{ ', ' if not loop.last }}{% endfor %})
        {%- endif %}
    )
{%- endmacro %}


{#- SQL of so many texts of a column, the same ones whenever the column is the same. -#}
{% macro _wai_sample(relation, column, rows, min_length=1) -%}
    select cast({{ column }} as varchar) as text
    from {{ relation }}
    where length(trim(cast({{ column }} as varchar))) >= {{ min_length }}
    order by hash(cast({{ column }} as varchar)), text
    limit {{ rows }}
{%- endmacro %}
