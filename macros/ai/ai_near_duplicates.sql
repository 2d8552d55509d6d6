{% macro ai_near_duplicates(relation, key=none, column=none, threshold=0.9, on_error='fail', model=none) -%}
    {%- do warehouse_ai._wai_no_more_arguments('ai_near_duplicates', varargs, kwargs, ['key', 'column', 'threshold', 'on_error', 'model']) -%}
    {{- return(adapter.dispatch('ai_near_duplicates', 'warehouse_ai')(relation, key, column, threshold, on_error, model)) -}}
{%- endmacro %}

{% macro duckdb__ai_near_duplicates(relation, key, column, threshold, on_error, model_name) -%}
    {%- do warehouse_ai._wai_check_text('ai_near_duplicates', key, 'key') -%}
    {%- do warehouse_ai._wai_check_text('ai_near_duplicates', column, 'column') -%}
    {%- if threshold is none -%}
        {%- do warehouse_ai._wai_bad_argument('ai_near_duplicates', 'threshold', 'is missing', 'Pass the least cosine of a pair, such as threshold=0.9.') -%}
    {%- endif -%}
    {%- do warehouse_ai._wai_check_threshold('ai_near_duplicates', threshold) -%}
    {%- set sql -%}
(
    select
        keys[pair.left] as {{ key }}_left,
        keys[pair.right] as {{ key }}_right,
        pair.score as similarity
    from (
        select
            list({{ key }} order by {{ key }}) as keys,
            unnest(wai_near_duplicates(
                list({{ column }} order by {{ key }}),
                {{ warehouse_ai._wai_spec('ai_near_duplicates', 'near_duplicates', {'threshold': threshold}, on_error, model_name) }}
            ).value) as pair
        from {{ relation }}
    )
)
    {%- endset -%}
    {{- return(sql) -}}
{%- endmacro %}

{% macro default__ai_near_duplicates(relation, key, column, threshold, on_error, model_name) -%}
    {%- do warehouse_ai._wai_unsupported_adapter('ai_near_duplicates') -%}
{%- endmacro %}
