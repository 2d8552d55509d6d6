{#- What is harmful by default, and from which probability on: {category: {level: least probability}}. -#}
{% macro _wai_default_policy() -%}
    {{- return({
        'hate': {'flagged': 0.4, 'review_required': 0.55, 'rejected': 0.7},
        'sexual': {'flagged': 0.4, 'review_required': 0.55, 'rejected': 0.7},
        'violence': {'flagged': 0.45, 'review_required': 0.6, 'rejected': 0.75},
        'self_harm': {'flagged': 0.3, 'review_required': 0.5},
        'spam': {'flagged': 0.5, 'review_required': 0.65, 'rejected': 0.8},
        'toxicity': {'flagged': 0.6, 'review_required': 0.8},
    }) -}}
{%- endmacro %}


{#- Bring the forms of a policy to one, and check it. -#}
{% macro _wai_policy(macro_name, policy) -%}
    {%- set fix = "Pass a mapping {'spam': {'flagged': 0.5, 'rejected': 0.8}, ...}, or the name of a policy in the var warehouse_ai_policies." -%}
    {%- if policy is none -%}
        {{- return(warehouse_ai._wai_default_policy()) -}}
    {%- endif -%}
    {%- if policy is string -%}
        {%- set known = var('warehouse_ai_policies', {}) -%}
        {%- if policy not in known -%}
            {%- do warehouse_ai._wai_bad_argument(
                macro_name, 'policy', "names the unknown policy '" ~ policy ~ "'", 'Known policies: ' ~ (known | list | join(', ') or 'none') ~ '. ' ~ fix
            ) -%}
        {%- endif -%}
        {%- set policy = known[policy] -%}
    {%- endif -%}
    {%- if policy is not mapping or not policy -%}
        {%- do warehouse_ai._wai_bad_argument(macro_name, 'policy', 'has no categories', fix) -%}
    {%- endif -%}
    {%- set categories = ['toxicity', 'hate', 'sexual', 'violence', 'self_harm', 'spam'] -%}
    {%- set levels = ['flagged', 'review_required', 'rejected'] -%}
    {%- for category, thresholds in policy.items() -%}
        {%- if category not in categories -%}
            {%- do warehouse_ai._wai_bad_argument(
                macro_name, 'policy', "has the unknown category '" ~ category ~ "'", 'Categories are ' ~ categories | join(', ') ~ '.'
            ) -%}
        {%- endif -%}
        {%- if thresholds is not mapping or not thresholds -%}
            {%- do warehouse_ai._wai_bad_argument(macro_name, 'policy', "gives '" ~ category ~ "' no levels", fix) -%}
        {%- endif -%}
        {%- for level, threshold in thresholds.items() -%}
            {%- if level not in levels -%}
                {%- do warehouse_ai._wai_bad_argument(
                    macro_name, 'policy', "has the unknown level '" ~ level ~ "' for '" ~ category ~ "'", 'Levels are ' ~ levels | join(', ') ~ '.'
                ) -%}
            {%- endif -%}
            {%- if threshold is not number or threshold is boolean or threshold <= 0 or threshold > 1 -%}
                {%- do warehouse_ai._wai_bad_argument(
                    macro_name, 'policy', "gives '" ~ category ~ "' the threshold " ~ threshold ~ ' for ' ~ level, 'Pass a probability above 0 and up to 1.'
                ) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {{- return(policy) -}}
{%- endmacro %}
