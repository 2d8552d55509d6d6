{#- Print the call of a function, `wai_<function>(text, wai_spec(...))`. -#}
{% macro _wai_call(macro_name, function, text, options, on_error, model_name=none) -%}
    {%- do warehouse_ai._wai_check_text(macro_name, text) -%}
    {{- return('wai_' ~ function ~ '(' ~ text ~ ', ' ~ warehouse_ai._wai_spec(macro_name, function, options, on_error, model_name) ~ ')') -}}
{%- endmacro %}


{#-
    Print a specification, `wai_spec('<json>', '<context>')`; DuckDB folds it to a short id before the first row.

    `model_name` is the model that the caller names; without one the var `warehouse_ai_models` may name one for the function, or for
    `default_of`. Where the project lies, whether a model may be fetched, and what is `unnoted` change no answer: they are printed, not noted,
    so that another machine makes no row stale.
-#}
{% macro _wai_spec(macro_name, function, options, on_error, model_name=none, default_of=none, unnoted={}) -%}
    {%- do warehouse_ai._wai_check_on_error(macro_name, on_error) -%}
    {%- set named = none if 'clip' in options or 'adapter' in options else warehouse_ai._wai_named(macro_name, default_of or function, model_name) -%}
    {%- set default = 'embed_image' if options.get('input') == 'image' else options.get('adapter') or function -%}
    {%- set spec = {'function': function, 'model': named or options.get('clip') or warehouse_ai._wai_models()[default], 'on_error': on_error} -%}
    {%- do spec.update(options) -%}
    {%- if named -%}
        {%- do spec.update({'named': named}) -%}
    {%- endif -%}
    {%- do warehouse_ai._wai_note_spec(macro_name, spec) -%}
    {%- do warehouse_ai._wai_refuse_views(macro_name) -%}
    {%- set printed = dict(spec, **unnoted) -%}
    {%- if named or 'max_mb' in options -%}
        {%- do printed.update({'settings': {
            'project_dir': invocation_args_dict.get('project_dir') or '', 'allow_downloads': var('warehouse_ai_allow_downloads', false),
        }}) -%}
    {%- endif -%}
    {{- return(
        'wai_spec(' ~ warehouse_ai._wai_literal(tojson(printed, sort_keys=true)) ~ ', '
        ~ warehouse_ai._wai_literal(tojson(warehouse_ai._wai_context(), sort_keys=true)) ~ ')'
    ) -}}
{%- endmacro %}


{#- The model that a call names, or the var `warehouse_ai_models` for its function; none for the default. -#}
{% macro _wai_named(macro_name, function, model_name) -%}
    {%- if model_name is not none -%}
        {%- do warehouse_ai._wai_check_said(
            macro_name, 'model', model_name, "Pass a folder, or a Hugging Face id with its revision: model='BAAI/bge-small-en-v1.5@<revision>'."
        ) -%}
        {{- return(model_name) -}}
    {%- endif -%}
    {%- set defaults = var('warehouse_ai_models', {}) -%}
    {%- set fix = "Write one model for each function, such as {ai_embed: 'BAAI/bge-small-en-v1.5@<revision>'}." -%}
    {%- if defaults is not mapping -%}
        {%- do warehouse_ai._wai_bad_var(macro_name, 'warehouse_ai_models', 'is not a mapping', fix) -%}
    {%- endif -%}
    {%- set known = warehouse_ai._wai_models() | list -%}
    {%- for key, name in defaults.items() -%}
        {%- if not key.startswith('ai_') or key[3:] not in known -%}
            {%- do warehouse_ai._wai_bad_var(
                macro_name, 'warehouse_ai_models', "names the unknown function '" ~ key ~ "'", 'Functions are ai_' ~ known | sort | join(', ai_') ~ '.'
            ) -%}
        {%- endif -%}
        {%- if name is not string or not name | trim -%}
            {%- do warehouse_ai._wai_bad_var(macro_name, 'warehouse_ai_models', "names no model for '" ~ key ~ "'", fix) -%}
        {%- endif -%}
    {%- endfor -%}
    {{- return(defaults.get('ai_' ~ function)) -}}
{%- endmacro %}


{#- Who asks and within which limits. It is not part of the specification: it never changes an answer. -#}
{% macro _wai_context() -%}
    {%- set cache_dir = var('warehouse_ai_cache_dir', none) -%}
    {%- if cache_dir and cache_dir[0] not in ['/', '~'] and ':' not in cache_dir and invocation_args_dict.get('project_dir') -%}
        {%- set cache_dir = invocation_args_dict.project_dir ~ '/' ~ cache_dir -%}
    {%- endif -%}
    {{- return({
        'invocation': invocation_id,
        'node': model.unique_id if model is defined else '',
        'cache_dir': cache_dir,
        'cache_max_gb': var('warehouse_ai_cache_max_gb', none),
        'max_new_rows': var('warehouse_ai_max_new_rows', none),
        'device': var('warehouse_ai_device', none),
    }) -}}
{%- endmacro %}


{#-
    While dbt parses, write the specification into the node's `meta`: dbt docs shows it, the manifest keeps it, and tests of the node can read
    today's specifications without compiling the node.
-#}
{% macro _wai_note_spec(macro_name, spec) -%}
    {%- if not execute -%}
        {%- set hash = local_md5(tojson(spec, sort_keys=true)) -%}
        {%- do config(meta={'warehouse_ai.' ~ spec.function ~ '.' ~ hash: spec}) -%}
    {%- endif -%}
{%- endmacro %}


{#- Models and hash of a node's specifications, from its `meta`. -#}
{% macro _wai_node_provenance(meta) -%}
    {%- set keys, models = [], [] -%}
    {%- for key in meta | default({}) | sort if key.startswith('warehouse_ai.') -%}
        {%- do keys.append(key) -%}
        {%- if meta[key].model not in models -%}
            {%- do models.append(meta[key].model) -%}
        {%- endif -%}
    {%- endfor -%}
    {{- return({'model': models | join(', '), 'spec_hash': local_md5(keys | join(','))}) -}}
{%- endmacro %}


{#- A view would run the model at every read, and fail wherever the plugin is not loaded. -#}
{% macro _wai_refuse_views(macro_name) -%}
    {%- if execute and model is defined and model.resource_type == 'model'
        and model.config.materialized in ['view', 'ephemeral'] and flags.WHICH in ['run', 'build', 'test'] -%}
        {%- do exceptions.raise_compiler_error(
            macro_name ~ ': model ' ~ model.name ~ ' is materialized as ' ~ model.config.materialized
            ~ ", which would call the AI model at every read. Use materialized='table' or 'incremental'."
        ) -%}
    {%- endif -%}
{%- endmacro %}
