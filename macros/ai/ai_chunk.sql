{% macro ai_chunk(text, max_tokens=200, overlap=0, on_error='null', model=none) -%}
    {%- do warehouse_ai._wai_no_more_arguments('ai_chunk', varargs, kwargs, ['max_tokens', 'overlap', 'on_error', 'model']) -%}
    {{- return(adapter.dispatch('ai_chunk', 'warehouse_ai')(text, max_tokens, overlap, on_error, model)) -}}
{%- endmacro %}

{% macro duckdb__ai_chunk(text, max_tokens, overlap, on_error, model_name) -%}
    {%- do warehouse_ai._wai_check_count('ai_chunk', 'max_tokens', max_tokens, 1) -%}
    {%- do warehouse_ai._wai_check_count('ai_chunk', 'overlap', overlap, 0) -%}
    {%- if overlap >= max_tokens -%}
        {%- do warehouse_ai._wai_bad_argument('ai_chunk', 'overlap', 'is ' ~ overlap ~ ' of ' ~ max_tokens ~ ' tokens', 'Pass fewer than max_tokens.') -%}
    {%- endif -%}
    {{- return(warehouse_ai._wai_call('ai_chunk', 'chunk', text, {'max_tokens': max_tokens, 'overlap': overlap}, on_error, model_name) ~ '.value') -}}
{%- endmacro %}

{% macro default__ai_chunk(text, max_tokens, overlap, on_error, model_name) -%}
    {%- do warehouse_ai._wai_unsupported_adapter('ai_chunk') -%}
{%- endmacro %}
