{% macro _wai_extract_call(macro_name, text, schema, threshold, on_error, model_name) -%}
    {%- do warehouse_ai._wai_check_threshold(macro_name, threshold) -%}
    {{- return(warehouse_ai._wai_call(macro_name, 'extract', text, {'fields': schema, 'threshold': threshold}, on_error, model_name)) -}}
{%- endmacro %}


{#- Cast the JSON of the function: one field named by a string to VARCHAR, a schema to a STRUCT. -#}
{% macro _wai_extract_value(call, fields, schema) -%}
    {%- set shape = {} -%}
    {%- for field in schema -%}
        {%- set base = {
            'integer': 'BIGINT', 'number': 'DOUBLE', 'boolean': 'BOOLEAN', 'date': 'DATE', 'money': {'amount': 'DOUBLE', 'currency': 'VARCHAR'},
        }.get(field.type, 'VARCHAR') -%}
        {%- do shape.update({field.name: [base] if field.many else base}) -%}
    {%- endfor -%}
    {%- set typed = 'json_transform(' ~ call ~ '.value, ' ~ warehouse_ai._wai_literal(tojson(shape)) ~ ')' -%}
    {{- return(
        'struct_extract(' ~ typed ~ ', ' ~ warehouse_ai._wai_literal(fields) ~ ')' if fields is string else typed
    ) -}}
{%- endmacro %}


{#- Bring the forms of a schema to one: a list of {name, type, many, description, ...}. -#}
{% macro _wai_fields(macro_name, fields) -%}
    {%- set fix = "Pass a field name 'interests', or a mapping of names to types {'due': 'date', 'items': 'string[]'}." -%}
    {%- set kinds = ['string', 'integer', 'number', 'boolean', 'date', 'money', 'email', 'phone', 'url', 'enum'] -%}
    {%- if fields is string -%}
        {%- set fields = {fields: 'string'} -%}
    {%- endif -%}
    {%- if fields is not mapping or not fields -%}
        {%- do warehouse_ai._wai_bad_argument(macro_name, 'fields', 'has no fields', fix) -%}
    {%- endif -%}
    {%- set found, folded = [], [] -%}
    {%- for name, given in fields.items() -%}
        {%- if name is not string or not name | trim -%}
            {%- do warehouse_ai._wai_bad_argument(macro_name, 'fields', 'has a name that is not a text: ' ~ name, fix) -%}
        {%- endif -%}
        {%- if name | lower in folded -%}
            {%- do warehouse_ai._wai_bad_argument(
                macro_name, 'fields', "has '" ~ name ~ "' twice, letter case aside", 'Name each field once.'
            ) -%}
        {%- endif -%}
        {%- do folded.append(name | lower) -%}
        {%- set option = {'type': given} if given is string else given -%}
        {%- if option is not mapping -%}
            {%- do warehouse_ai._wai_bad_argument(macro_name, 'fields', "gives '" ~ name ~ "' no type", fix) -%}
        {%- endif -%}
        {%- for key in option if key not in ['type', 'description', 'values', 'region', 'order', 'currency', 'labels', 'pattern'] -%}
            {%- do warehouse_ai._wai_bad_argument(
                macro_name, 'fields', "has the unknown option '" ~ key ~ "' for '" ~ name ~ "'",
                'Use type, description, values, region, order, currency, labels or pattern.'
            ) -%}
        {%- endfor -%}
        {%- set written = option.get('type', 'string') -%}
        {%- set kind = written.removesuffix('[]') if written is string else '' -%}
        {%- if kind not in kinds -%}
            {%- do warehouse_ai._wai_bad_argument(
                macro_name, 'fields', "gives '" ~ name ~ "' the unknown type '" ~ written ~ "'",
                'Types are ' ~ (kinds | join(', ')) ~ ', each with [] for a list.'
            ) -%}
        {%- endif -%}
        {%- if (kind == 'enum') != ('values' in option) or ('values' in option and (option['values'] is string or not option['values'])) -%}
            {%- do warehouse_ai._wai_bad_argument(
                macro_name, 'fields', "needs a list of values for the enum '" ~ name ~ "', and for nothing else",
                "Write {'type': 'enum', 'values': ['open', 'closed']}."
            ) -%}
        {%- endif -%}
        {%- if option.get('order') not in [none, 'DMY', 'MDY', 'YMD'] -%}
            {%- do warehouse_ai._wai_bad_argument(
                macro_name, 'fields', "has the unknown date order '" ~ option.order ~ "' for '" ~ name ~ "'", 'Use DMY, MDY or YMD.'
            ) -%}
        {%- endif -%}
        {%- if 'labels' in option and (option.labels is string or not option.labels) -%}
            {%- do warehouse_ai._wai_bad_argument(
                macro_name, 'fields', "needs a list of labels for '" ~ name ~ "'", "Write {'labels': ['invoice no', 'invoice number']}."
            ) -%}
        {%- endif -%}
        {%- set field = {'name': name} -%}
        {%- do field.update(option) -%}
        {%- do field.update({'type': kind, 'many': written.endswith('[]')}) -%}
        {%- do found.append(field) -%}
    {%- endfor -%}
    {{- return(found) -}}
{%- endmacro %}
