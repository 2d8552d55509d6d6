{% macro _wai_sentiment_call(macro_name, text, threshold, none_label, on_error, model_name) -%}
    {%- do warehouse_ai._wai_check_threshold(macro_name, threshold) -%}
    {%- do warehouse_ai._wai_check_none_label(macro_name, none_label) -%}
    {{- return(warehouse_ai._wai_call(
        macro_name, 'sentiment', text, {'threshold': threshold, 'none_label': none_label}, on_error, model_name
    )) -}}
{%- endmacro %}
