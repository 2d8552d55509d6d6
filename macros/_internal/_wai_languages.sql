{#- ISO 639-1 codes of the languages that can be told apart. -#}
{% macro _wai_languages(macro_name, languages) -%}
    {%- set known = [
        'af', 'am', 'an', 'ar', 'as', 'az', 'ba', 'be', 'bg', 'bn', 'br', 'bs', 'ca', 'cs', 'cy', 'da', 'de', 'dz', 'el', 'en',
        'eo', 'es', 'et', 'eu', 'fa', 'fi', 'fo', 'fr', 'fy', 'ga', 'gd', 'gl', 'gu', 'ha', 'he', 'hi', 'hr', 'ht', 'hu', 'hy',
        'id', 'ig', 'is', 'it', 'ja', 'jv', 'ka', 'kk', 'km', 'kn', 'ko', 'ku', 'ky', 'la', 'lb', 'lg', 'ln', 'lo', 'lt', 'lv',
        'mg', 'mk', 'ml', 'mn', 'mr', 'ms', 'mt', 'my', 'ne', 'nl', 'nn', 'no', 'oc', 'om', 'or', 'pa', 'pl', 'ps', 'pt', 'qu',
        'ro', 'ru', 'rw', 'sa', 'se', 'si', 'sk', 'sl', 'sn', 'so', 'sq', 'sr', 'st', 'sv', 'sw', 'ta', 'te', 'tg', 'th', 'tk',
        'tl', 'tr', 'tt', 'ug', 'uk', 'ur', 'uz', 'vi', 'vo', 'wa', 'xh', 'yo', 'zh', 'zu'
    ] -%}
    {%- set fix = "Pass ISO 639-1 codes, such as ['en', 'de']." -%}
    {%- do warehouse_ai._wai_check_texts(macro_name, 'languages', languages, fix) -%}
    {%- for code in languages or [] if code not in known -%}
        {%- do warehouse_ai._wai_bad_argument(macro_name, 'languages', "has the unknown code '" ~ code ~ "'", fix ~ ' Known are ' ~ known | join(', ') ~ '.') -%}
    {%- endfor -%}
    {{- return(languages) -}}
{%- endmacro %}
