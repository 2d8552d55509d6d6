{#- Print the call of a function, `wai_<function>(text, wai_spec(...))`. -#}
{% macro _wai_call(macro_name, function, text, options, on_error) -%}
    {%- do warehouse_ai._wai_check_text(macro_name, text) -%}
    {{- return('wai_' ~ function ~ '(' ~ text ~ ', ' ~ warehouse_ai._wai_spec(macro_name, function, options, on_error) ~ ')') -}}
{%- endmacro %}


{#- Print a specification, `wai_spec('<json>', '<context>')`; DuckDB folds it to a short id before the first row. -#}
{% macro _wai_spec(macro_name, function, options, on_error) -%}
    {%- do warehouse_ai._wai_check_on_error(macro_name, on_error) -%}
    {%- set spec = {'function': function, 'model': warehouse_ai._wai_models()[function], 'on_error': on_error} -%}
    {%- do spec.update(options) -%}
    {%- do warehouse_ai._wai_note_spec(macro_name, spec) -%}
    {%- do warehouse_ai._wai_refuse_views(macro_name) -%}
    {{- return(
        'wai_spec(' ~ warehouse_ai._wai_literal(tojson(spec, sort_keys=true)) ~ ', '
        ~ warehouse_ai._wai_literal(tojson(warehouse_ai._wai_context(), sort_keys=true)) ~ ')'
    ) -}}
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
