{% macro ai_apply_policy(scores, policy=none) -%}
    {%- do warehouse_ai._wai_no_more_arguments('ai_apply_policy', varargs, kwargs, ['policy']) -%}
    {{- return(adapter.dispatch('ai_apply_policy', 'warehouse_ai')(scores, policy)) -}}
{%- endmacro %}

{% macro duckdb__ai_apply_policy(scores, policy) -%}
    {%- do warehouse_ai._wai_check_text('ai_apply_policy', scores, 'scores') -%}
    {%- set policy = warehouse_ai._wai_policy('ai_apply_policy', policy) -%}
    {%- set levels = ['approved', 'flagged', 'review_required', 'rejected'] -%}
    {%- set reached, margins = [], [] -%}
    {#- Of several categories at the same level the most probable one leads, of equals the first of these: as in ai_moderate. -#}
    {%- for category in ['toxicity', 'hate', 'sexual', 'violence', 'self_harm', 'spam'] if category in policy -%}
        {%- set score = scores ~ "['" ~ category ~ "']" -%}
        {%- set place = -loop.index -%}
        {%- for level in levels[1:] | reverse if level in policy[category] -%}
            {%- set threshold = 'cast(' ~ policy[category][level] ~ ' as double)' -%}
            {%- do reached.append(
                'case when ' ~ score ~ ' >= ' ~ threshold ~ " then {'level': " ~ levels.index(level) ~ ", 'score': " ~ score
                ~ ", 'place': " ~ place ~ ", 'category': '" ~ category ~ "'} end"
            ) -%}
            {%- do margins.append('abs(' ~ score ~ ' - ' ~ threshold ~ ')') -%}
        {%- endfor -%}
    {%- endfor -%}
    {{- return(
        'case when ' ~ scores ~ ' is not null then list_transform([list_max([' ~ reached | join(', ') ~ '])], lambda worst: {'
        ~ "'value': (['" ~ levels | join("', '") ~ "'])[1 + coalesce(worst.level, 0)], 'category': worst.category, 'score': worst.score, "
        ~ "'margin': round(list_min([" ~ margins | join(', ') ~ ']), 6)})[1] end'
    ) -}}
{%- endmacro %}

{% macro default__ai_apply_policy(scores, policy) -%}
    {%- do warehouse_ai._wai_unsupported_adapter('ai_apply_policy') -%}
{%- endmacro %}
