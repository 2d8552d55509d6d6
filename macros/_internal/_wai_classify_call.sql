{% macro _wai_classify_call(macro_name, text, labels, threshold, none_label, examples, on_error, function='classify', head=none, model_name=none) -%}
    {%- if function == 'classify' -%}
        {%- do warehouse_ai._wai_check_head_threshold(macro_name, threshold, head) -%}
    {%- else -%}
        {%- do warehouse_ai._wai_check_threshold(macro_name, threshold) -%}
    {%- endif -%}
    {%- do warehouse_ai._wai_check_none_label(macro_name, none_label) -%}
    {%- if head is not none -%}
        {{- return(warehouse_ai._wai_head_call(macro_name, text, labels, threshold, none_label, examples, on_error, head, model_name)) -}}
    {%- endif -%}
    {%- set found = warehouse_ai._wai_labels(macro_name, labels, 1 if function == 'classify_multi' else 2) -%}
    {%- do warehouse_ai._wai_add_examples(macro_name, found, examples) -%}
    {{- return(warehouse_ai._wai_call(
        macro_name, function, text, {'labels': found, 'threshold': threshold, 'none_label': none_label}, on_error, model_name
    )) -}}
{%- endmacro %}


{#- Classify by the newest head of a relation; it is read once and handed on as a short id. -#}
{% macro _wai_head_call(macro_name, text, labels, threshold, none_label, examples, on_error, head, model_name) -%}
    {%- do warehouse_ai._wai_check_text(macro_name, text) -%}
    {%- if labels is not none or examples is not none -%}
        {%- do warehouse_ai._wai_bad_argument(
            macro_name, 'head', 'comes with labels or examples', 'A head knows its labels: pass either labels or a head.'
        ) -%}
    {%- endif -%}
    {%- if head is not string and head.render is not defined -%}
        {%- do warehouse_ai._wai_bad_argument(
            macro_name, 'head', 'is not a relation', "Pass head=ref('ticket_head'), a model with `{{ ai_fit('text', 'label') }} as head`."
        ) -%}
    {%- endif -%}
    {%- set name = head if head is string else head.include(database=false) | string -%}
    {%- set options = {'labels': [], 'threshold': threshold, 'none_label': none_label, 'head_relation': name} -%}
    {{- return(
        'wai_classify(' ~ text ~ ', (select wai_head(head, ' ~ warehouse_ai._wai_spec(macro_name, 'classify', options, on_error, model_name, 'fit') ~ ') from '
        ~ head ~ ' order by head.fitted_at desc, head.id limit 1))'
    ) -}}
{%- endmacro %}


{#- Bring the three forms of labels to one: a list of {name, description}. -#}
{% macro _wai_labels(macro_name, labels, least) -%}
    {%- set fix = "Pass a list ['bug', 'billing'], a mapping {'bug': 'something is broken', ...} or {'bug': {'description': ..., 'examples': [...]}, ...}, or the name of a set in the var warehouse_ai_label_sets." -%}
    {%- if labels is string -%}
        {%- set sets = var('warehouse_ai_label_sets', {}) -%}
        {%- if labels not in sets -%}
            {%- do warehouse_ai._wai_bad_argument(
                macro_name, 'labels', "names the unknown label set '" ~ labels ~ "'",
                'Known sets: ' ~ (sets | list | join(', ') or 'none') ~ '. ' ~ fix
            ) -%}
        {%- endif -%}
        {%- set labels = sets[labels] -%}
    {%- endif -%}
    {%- if labels is none or labels is number or labels is string or (labels is not mapping and labels is not iterable) or not labels | list -%}
        {%- do warehouse_ai._wai_bad_argument(macro_name, 'labels', 'has no labels', fix) -%}
    {%- endif -%}
    {%- set found, names = [], [] -%}
    {%- for name in labels -%}
        {%- if name is not string or not name | trim -%}
            {%- do warehouse_ai._wai_bad_argument(macro_name, 'labels', 'has a label that is not a text: ' ~ name, fix) -%}
        {%- endif -%}
        {%- if name in names -%}
            {%- do warehouse_ai._wai_bad_argument(macro_name, 'labels', "has the label '" ~ name ~ "' twice", 'Name each label once.') -%}
        {%- endif -%}
        {%- do names.append(name) -%}
        {%- set given = labels[name] if labels is mapping else none -%}
        {%- set option = given if given is mapping else {'description': given} -%}
        {%- for key in option if key not in ['description', 'examples'] -%}
            {%- do warehouse_ai._wai_bad_argument(
                macro_name, 'labels', "has the unknown option '" ~ key ~ "' for '" ~ name ~ "'", 'Use description or examples.'
            ) -%}
        {%- endfor -%}
        {%- set description = option.get('description') -%}
        {%- if description is not none and description is not string -%}
            {%- do warehouse_ai._wai_bad_argument(macro_name, 'labels', "describes '" ~ name ~ "' with something that is not a text", fix) -%}
        {%- endif -%}
        {%- do warehouse_ai._wai_check_examples(macro_name, 'labels', name, option.get('examples', [])) -%}
        {%- do found.append({'name': name, 'description': description or '', 'examples': option.get('examples', []) | list}) -%}
    {%- endfor -%}
    {%- if found | length < least -%}
        {%- do warehouse_ai._wai_bad_argument(macro_name, 'labels', "has only '" ~ found[0].name ~ "'", 'Pass at least two labels to choose from.') -%}
    {%- endif -%}
    {{- return(found) -}}
{%- endmacro %}


{% macro _wai_add_examples(macro_name, labels, examples) -%}
    {%- if examples is not none -%}
        {%- set fix = "Pass a mapping of label to example texts: examples={'bug': ['the app crashes']}." -%}
        {%- if examples is not mapping -%}
            {%- do warehouse_ai._wai_bad_argument(macro_name, 'examples', 'is not a mapping', fix) -%}
        {%- endif -%}
        {%- set names = labels | map(attribute='name') | list -%}
        {%- for name, texts in examples.items() -%}
            {%- if name not in names -%}
                {%- do warehouse_ai._wai_bad_argument(macro_name, 'examples', "names the unknown label '" ~ name ~ "'", fix) -%}
            {%- endif -%}
            {%- if not texts -%}
                {%- do warehouse_ai._wai_bad_argument(macro_name, 'examples', "has no texts for '" ~ name ~ "'", fix) -%}
            {%- endif -%}
            {%- do warehouse_ai._wai_check_examples(macro_name, 'examples', name, texts) -%}
        {%- endfor -%}
        {%- for label in labels if label.name in examples -%}
            {%- do label.update({'examples': label.examples + examples[label.name] | list}) -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}


{% macro _wai_check_examples(macro_name, argument, label, texts) -%}
    {%- if texts is string or texts is not iterable or texts is mapping or texts | reject('string') | list or texts | map('trim') | reject | list -%}
        {%- do warehouse_ai._wai_bad_argument(
            macro_name, argument, "has something that is not a list of texts as examples of '" ~ label ~ "'", "Pass a list such as ['the app crashes']."
        ) -%}
    {%- endif -%}
{%- endmacro %}
