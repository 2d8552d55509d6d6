{#- Print the call of a function of files, `wai_<function>(path, wai_spec(...))`. -#}
{% macro _wai_file_call(macro_name, function, path, options, max_mb, on_error) -%}
    {%- do warehouse_ai._wai_check_text(macro_name, path, 'path') -%}
    {{- return('wai_' ~ function ~ '(' ~ path ~ ', ' ~ warehouse_ai._wai_file_spec(macro_name, function, options, max_mb, on_error) ~ ')') -}}
{%- endmacro %}


{#- Print a specification of a function of files. -#}
{% macro _wai_file_spec(macro_name, function, options, max_mb, on_error) -%}
    {%- do warehouse_ai._wai_check_count(macro_name, 'max_mb', max_mb, 1) -%}
    {{- return(warehouse_ai._wai_spec(macro_name, function, dict(options, max_mb=max_mb, clip=options.get('clip')), on_error)) -}}
{%- endmacro %}
