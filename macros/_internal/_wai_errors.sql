{% macro _wai_bad_argument(macro_name, argument, problem, fix) -%}
    {%- do exceptions.raise_compiler_error(macro_name ~ ": argument '" ~ argument ~ "' " ~ problem ~ ". " ~ fix) -%}
{%- endmacro %}


{% macro _wai_unsupported_adapter(macro_name) -%}
    {%- do exceptions.raise_compiler_error(
        macro_name ~ ": adapter '" ~ adapter.type() ~ "' is not supported. Use dbt-duckdb with the plugin warehouse_ai.plugin."
    ) -%}
{%- endmacro %}


{% macro _wai_no_more_arguments(macro_name, positional, named, options) -%}
    {%- for name in named -%}
        {%- do warehouse_ai._wai_bad_argument(macro_name, name, 'is unknown', 'The options are ' ~ (options | join(', ')) ~ '.') -%}
    {%- endfor -%}
    {%- if positional -%}
        {%- do warehouse_ai._wai_bad_argument(
            macro_name, positional[0], 'is one too many', 'After the text come ' ~ (options | join(', ')) ~ '; name the options.'
        ) -%}
    {%- endif -%}
{%- endmacro %}


{% macro _wai_check_text(macro_name, text) -%}
    {%- if text is not string or not text | trim -%}
        {%- do warehouse_ai._wai_bad_argument(
            macro_name, 'text', 'is not a SQL expression', "Pass a column or expression as a string, such as 'body'."
        ) -%}
    {%- endif -%}
{%- endmacro %}


{% macro _wai_check_threshold(macro_name, threshold) -%}
    {%- if threshold is not none and (threshold is not number or threshold is boolean or threshold < 0 or threshold > 1) -%}
        {%- do warehouse_ai._wai_bad_argument(
            macro_name, 'threshold', 'is ' ~ threshold, 'Pass a probability from 0 to 1, such as threshold=0.6.'
        ) -%}
    {%- endif -%}
{%- endmacro %}


{% macro _wai_check_on_error(macro_name, on_error) -%}
    {%- if on_error not in ['null', 'fail'] -%}
        {%- do warehouse_ai._wai_bad_argument(
            macro_name, 'on_error', "is '" ~ on_error ~ "'", "Use 'null' (the row's value is NULL) or 'fail' (the query stops)."
        ) -%}
    {%- endif -%}
{%- endmacro %}


{% macro _wai_check_none_label(macro_name, none_label) -%}
    {%- if none_label is not none and none_label is not string -%}
        {%- do warehouse_ai._wai_bad_argument(macro_name, 'none_label', 'is not a string', "Pass a label, such as none_label='other'.") -%}
    {%- endif -%}
{%- endmacro %}
