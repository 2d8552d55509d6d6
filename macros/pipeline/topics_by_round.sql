{#- A list of answers, each with its round. A call reads one head, so that every round needs a call of its own. -#}
{% macro topics_by_round(text) -%}
    {%- set answers = [] -%}
    {%- for round in range(var('topic_review_rounds') + 1) -%}
        {%- set head = '(select * from ' ~ ref('topic_head_rounds') ~ ' where review_round = ' ~ round ~ ')' -%}
        {%- do answers.append("{'review_round': " ~ round ~ ", 'topic': " ~ warehouse_ai.ai_classify_detail(text, head=head) ~ '}') -%}
    {%- endfor -%}
    {{- return('[' ~ answers | join(', ') ~ ']') -}}
{%- endmacro %}
