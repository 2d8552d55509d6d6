{#- The policy that the var `moderation_policy` names: its name, its thresholds, and a version that changes with any of them. -#}
{% macro moderation_policy() -%}
    {%- set name = var('moderation_policy', 'default') -%}
    {%- set thresholds = warehouse_ai._wai_policy('moderation_policy', none if name == 'default' else name) -%}
    {{- return({'name': name, 'thresholds': thresholds, 'version': local_md5(tojson(thresholds, sort_keys=true))[:12]}) -}}
{%- endmacro %}
