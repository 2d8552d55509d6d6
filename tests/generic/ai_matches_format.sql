{#- Texts that are not written as the format asks. NULL passes. -#}
{% test ai_matches_format(model, column_name, format) %}
    {%- set formats = warehouse_ai._wai_formats() -%}
    {%- if format not in formats -%}
        {%- do warehouse_ai._wai_bad_argument('ai_matches_format', 'format', "is '" ~ format ~ "'", 'Use ' ~ formats | join(', ') ~ '.') -%}
    {%- endif -%}
select *
from {{ model }}
where not {{ warehouse_ai._wai_has_format('cast(' ~ column_name ~ ' as varchar)', format) }}
{% endtest %}
