{% macro ai_fix_grammar(text, max_tokens=1024, on_error='null') -%}
    {%- do warehouse_ai._wai_no_more_arguments('ai_fix_grammar', varargs, kwargs, ['max_tokens', 'on_error']) -%}
    {{- return(adapter.dispatch('ai_fix_grammar', 'warehouse_ai')(text, max_tokens, on_error)) -}}
{%- endmacro %}

{% macro duckdb__ai_fix_grammar(text, max_tokens, on_error) -%}
    {%- set task = {
        'opening': 'You are a careful proofreader. You correct mistakes of spelling, grammar and punctuation.',
        'verb': 'correct',
        'rules': 'Change nothing but mistakes: keep the language, the meaning, the choice of words, the tone, the line breaks and the formatting.'
            ~ ' Leave names, numbers, web addresses, e-mail addresses, code and placeholders such as {name} as they are.'
            ~ ' A text without mistakes stays as it is.',
        'result': 'corrected text',
    } -%}
    {{- return(warehouse_ai._wai_rewrite_call('ai_fix_grammar', text, task, max_tokens, on_error) ~ '.value') -}}
{%- endmacro %}

{% macro default__ai_fix_grammar(text, max_tokens, on_error) -%}
    {%- do warehouse_ai._wai_unsupported_adapter('ai_fix_grammar') -%}
{%- endmacro %}
