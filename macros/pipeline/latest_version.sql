{% macro latest_version(relation, key) -%}
    {%- do warehouse_ai._wai_check_text('latest_version', key) -%}
select *
from {{ relation }}
qualify row_number() over (partition by {{ key }} order by updated_at desc) = 1
{%- endmacro %}
