{#- Print the call of a function of files, `wai_<function>(path, wai_spec(...))`. -#}
{% macro _wai_file_call(macro_name, function, path, options, max_mb, on_error) -%}
    {%- do warehouse_ai._wai_check_text(macro_name, path, 'path') -%}
    {{- return('wai_' ~ function ~ '(' ~ path ~ ', ' ~ warehouse_ai._wai_file_spec(macro_name, function, options, max_mb, on_error) ~ ')') -}}
{%- endmacro %}


{#-
    Print a specification of a function of files. Where the project lies and whether a model may be fetched are not noted: they change no
    answer, and another machine makes no row stale.
-#}
{% macro _wai_file_spec(macro_name, function, options, max_mb, on_error) -%}
    {%- do warehouse_ai._wai_check_count(macro_name, 'max_mb', max_mb, 1) -%}
    {%- do warehouse_ai._wai_check_on_error(macro_name, on_error) -%}
    {%- set model_name = options.get('clip') or warehouse_ai._wai_models()['embed_image' if options.get('input') == 'image' else function] -%}
    {%- set spec = dict(options, function=function, model=model_name, max_mb=max_mb, on_error=on_error) -%}
    {%- do warehouse_ai._wai_note_spec(macro_name, spec) -%}
    {%- do warehouse_ai._wai_refuse_views(macro_name) -%}
    {%- set settings = {'project_dir': invocation_args_dict.get('project_dir') or '', 'allow_downloads': var('warehouse_ai_allow_downloads', false)} -%}
    {{- return(
        'wai_spec(' ~ warehouse_ai._wai_literal(tojson(dict(spec, settings=settings), sort_keys=true)) ~ ', '
        ~ warehouse_ai._wai_literal(tojson(warehouse_ai._wai_context(), sort_keys=true)) ~ ')'
    ) -}}
{%- endmacro %}


{% macro _wai_check_clip(macro_name, model_name) -%}
    {%- if model_name is not none -%}
        {%- do warehouse_ai._wai_check_said(
            macro_name, 'model', model_name, "Pass a folder, or a Hugging Face id with its revision: model='openai/clip-vit-base-patch32@<revision>'."
        ) -%}
    {%- endif -%}
{%- endmacro %}
