{% macro ai_fit(text, label=none, on_error='null', input='text', model=none, max_mb=20) -%}
    {%- do warehouse_ai._wai_no_more_arguments('ai_fit', varargs, kwargs, ['label', 'on_error', 'input', 'model', 'max_mb']) -%}
    {{- return(adapter.dispatch('ai_fit', 'warehouse_ai')(text, label, on_error, input, model, max_mb)) -}}
{%- endmacro %}

{% macro duckdb__ai_fit(text, label, on_error, input, model_name, max_mb) -%}
    {%- do warehouse_ai._wai_check_text('ai_fit', text) -%}
    {%- do warehouse_ai._wai_check_text('ai_fit', label, 'label') -%}
    {%- if input not in ['text', 'image'] -%}
        {%- do warehouse_ai._wai_bad_argument('ai_fit', 'input', "is '" ~ input ~ "'", "Use 'text', or 'image' for paths of images.") -%}
    {%- endif -%}
    {%- if input == 'image' -%}
        {%- set clip = warehouse_ai._wai_named('ai_fit', 'embed_image', model_name) -%}
        {%- set spec = warehouse_ai._wai_file_spec('ai_fit', 'fit', {'input': 'image', 'clip': clip}, max_mb, on_error) -%}
    {%- elif model_name in ['sentiment', 'moderate'] -%}
        {%- set spec = warehouse_ai._wai_spec('ai_fit', 'fit', {'adapter': model_name}, on_error) -%}
    {%- else -%}
        {%- set spec = warehouse_ai._wai_spec('ai_fit', 'fit', {}, on_error, model_name) -%}
    {%- endif -%}
    {{- return('wai_fit(list(' ~ text ~ '), list(' ~ label ~ '), ' ~ spec ~ ')') -}}
{%- endmacro %}

{% macro default__ai_fit(text, label, on_error, input, model_name, max_mb) -%}
    {%- do warehouse_ai._wai_unsupported_adapter('ai_fit') -%}
{%- endmacro %}
