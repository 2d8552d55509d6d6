{% macro ai_translate(text, to=none, max_tokens=1024, on_error='null') -%}
    {%- do warehouse_ai._wai_no_more_arguments('ai_translate', varargs, kwargs, ['to', 'max_tokens', 'on_error']) -%}
    {{- return(adapter.dispatch('ai_translate', 'warehouse_ai')(text, to, max_tokens, on_error)) -}}
{%- endmacro %}

{% macro duckdb__ai_translate(text, to, max_tokens, on_error) -%}
    {%- do warehouse_ai._wai_check_said('ai_translate', 'to', to, "Pass a language, such as to='German'.") -%}
    {%- set task = {
        'opening': 'You are a professional translator. You translate texts from any language into ' ~ to ~ '.',
        'verb': 'translate',
        'rules': 'Keep the meaning, the tone, the line breaks and the formatting. Leave names, numbers, web addresses, e-mail addresses, code and'
            ~ ' placeholders such as {name} as they are. A text that is in ' ~ to ~ ' already stays as it is.',
        'result': 'translation',
    } -%}
    {{- return(warehouse_ai._wai_rewrite_call('ai_translate', text, task, max_tokens, on_error) ~ '.value') -}}
{%- endmacro %}

{% macro default__ai_translate(text, to, max_tokens, on_error) -%}
    {%- do warehouse_ai._wai_unsupported_adapter('ai_translate') -%}
{%- endmacro %}
