{% macro _wai_bad_argument(macro_name, argument, problem, fix) -%}
    {%- do exceptions.raise_compiler_error(macro_name ~ ": argument '" ~ argument ~ "' " ~ problem ~ ". " ~ fix) -%}
{%- endmacro %}


{% macro _wai_bad_var(macro_name, name, problem, fix) -%}
    {%- do exceptions.raise_compiler_error(macro_name ~ ": var '" ~ name ~ "' " ~ problem ~ '. ' ~ fix) -%}
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


{% macro _wai_check_text(macro_name, text, argument='text') -%}
    {%- if text is not string or not text | trim -%}
        {%- do warehouse_ai._wai_bad_argument(
            macro_name, argument, 'is not a SQL expression', "Pass a column or expression as a string, such as 'body'."
        ) -%}
    {%- endif -%}
{%- endmacro %}


{#- A head also knows the thresholds of some precisions. -#}
{% macro _wai_check_head_threshold(macro_name, threshold, head) -%}
    {%- if threshold is not string -%}
        {%- do warehouse_ai._wai_check_threshold(macro_name, threshold) -%}
    {%- elif threshold not in ['p90', 'p95', 'p99'] -%}
        {%- do warehouse_ai._wai_bad_argument(
            macro_name, 'threshold', "is '" ~ threshold ~ "'", "Pass a probability from 0 to 1, or with a head the precision 'p90', 'p95' or 'p99'."
        ) -%}
    {%- elif head is none -%}
        {%- do warehouse_ai._wai_bad_argument(
            macro_name, 'threshold', "is '" ~ threshold ~ "' without a head", 'A precision needs head=ref(...); pass a probability such as threshold=0.6.'
        ) -%}
    {%- endif -%}
{%- endmacro %}


{% macro _wai_check_threshold(macro_name, threshold, least=0) -%}
    {%- if threshold is not none and (threshold is not number or threshold is boolean or threshold < least or threshold > 1) -%}
        {%- do warehouse_ai._wai_bad_argument(
            macro_name, 'threshold', 'is ' ~ threshold, 'Pass a probability from ' ~ least ~ ' to 1, such as threshold=0.6.'
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


{% macro _wai_check_string(macro_name, argument, value, fix) -%}
    {%- if value is not string -%}
        {%- do warehouse_ai._wai_bad_argument(macro_name, argument, 'is not a text', fix) -%}
    {%- endif -%}
{%- endmacro %}


{% macro _wai_check_said(macro_name, argument, value, fix) -%}
    {%- if value is not string or not value | trim -%}
        {%- do warehouse_ai._wai_bad_argument(macro_name, argument, 'says nothing', fix) -%}
    {%- endif -%}
{%- endmacro %}


{% macro _wai_check_texts(macro_name, argument, values, fix) -%}
    {%- if values is not none and (
        values is string or values is mapping or values is not iterable or values | reject('string') | list or values | map('trim') | reject | list
    ) -%}
        {%- do warehouse_ai._wai_bad_argument(macro_name, argument, 'is not a list of texts', fix) -%}
    {%- endif -%}
{%- endmacro %}


{% macro _wai_check_count(macro_name, argument, value, least) -%}
    {%- if value is not integer or value is boolean or value < least -%}
        {%- do warehouse_ai._wai_bad_argument(macro_name, argument, 'is ' ~ value, 'Pass a whole number from ' ~ least ~ ' on.') -%}
    {%- endif -%}
{%- endmacro %}
