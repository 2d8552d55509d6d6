{% macro _wai_classify_image_call(macro_name, path, labels, model_name, head, threshold, none_label, max_mb, on_error) -%}
    {%- do warehouse_ai._wai_check_text(macro_name, path, 'path') -%}
    {%- do warehouse_ai._wai_check_head_threshold(macro_name, threshold, head) -%}
    {%- do warehouse_ai._wai_check_none_label(macro_name, none_label) -%}
    {%- set model_name = warehouse_ai._wai_named(macro_name, 'classify_image' if head is none else 'embed_image', model_name) -%}
    {%- set options = {'clip': model_name, 'threshold': threshold, 'none_label': none_label} -%}
    {%- if head is not none -%}
        {{- return(warehouse_ai._wai_image_head_call(macro_name, path, labels, head, options, max_mb, on_error)) -}}
    {%- endif -%}
    {%- if model_name is none -%}
        {%- do warehouse_ai._wai_bad_argument(
            macro_name, 'model', 'is missing',
            "Labels need a CLIP: pass model= with its folder or Hugging Face id. Without one, pass head=ref('photo_head'), a model with ai_fit('path', 'label', input='image')."
        ) -%}
    {%- endif -%}
    {%- do options.update({'labels': warehouse_ai._wai_labels(macro_name, labels, 2)}) -%}
    {{- return(warehouse_ai._wai_file_call(macro_name, 'classify_image', path, options, max_mb, on_error)) -}}
{%- endmacro %}


{#- Classify by the newest head of a relation; it is read once and handed on as a short id. -#}
{% macro _wai_image_head_call(macro_name, path, labels, head, options, max_mb, on_error) -%}
    {%- if labels is not none -%}
        {%- do warehouse_ai._wai_bad_argument(macro_name, 'head', 'comes with labels', 'A head knows its labels: pass either labels or a head.') -%}
    {%- endif -%}
    {%- if head is not string and head.render is not defined -%}
        {%- do warehouse_ai._wai_bad_argument(
            macro_name, 'head', 'is not a relation', "Pass head=ref('photo_head'), a model with `{{ ai_fit('path', 'label', input='image') }} as head`."
        ) -%}
    {%- endif -%}
    {%- do options.update({'head_relation': head if head is string else head.include(database=false) | string}) -%}
    {{- return(
        'wai_classify_image(' ~ path ~ ', (select wai_head(head, '
        ~ warehouse_ai._wai_file_spec(macro_name, 'classify_image', options, max_mb, on_error) ~ ') from '
        ~ head ~ ' order by head.fitted_at desc, head.id limit 1))'
    ) -}}
{%- endmacro %}
