{% macro ai_suggest_tests(model, references=none, sample=500) -%}
    {{- return(adapter.dispatch('ai_suggest_tests', 'warehouse_ai')(model, references, sample)) -}}
{%- endmacro %}

{% macro duckdb__ai_suggest_tests(model_name, references, sample) -%}
    {%- do warehouse_ai._wai_check_said(
        'ai_suggest_tests', 'model', model_name, "Pass the name of a model, seed or source, such as {model: raw_orders}, or 'schema.table'."
    ) -%}
    {%- do warehouse_ai._wai_check_count('ai_suggest_tests', 'sample', sample, 0) -%}
    {%- if references is not none and references is not mapping -%}
        {%- do warehouse_ai._wai_bad_argument(
            'ai_suggest_tests', 'references', 'is not a mapping', 'Pass column and model, such as {customer_id: customers} or {buyer: customers.id}.'
        ) -%}
    {%- endif -%}
    {%- set subject = warehouse_ai._wai_subject(model_name, 'model') -%}
    {%- set table = warehouse_ai._wai_profile(subject.relation) -%}
    {%- do warehouse_ai._wai_suggest(subject, table, references or {}, sample) -%}
    {%- do print(warehouse_ai._wai_suggestions_yaml(subject, table)) -%}
{%- endmacro %}

{% macro default__ai_suggest_tests(model_name, references, sample) -%}
    {%- do warehouse_ai._wai_unsupported_adapter('ai_suggest_tests') -%}
{%- endmacro %}
