{#- The share of a language among texts of 20 characters or more, where it is too small: one short text may be taken for another language. -#}
{% test ai_mostly_in_language(model, column_name, language, at_least=0.9, sample=500) %}
with sampled as (
    {{ warehouse_ai._wai_sample(model, column_name, sample, 20) }}
),
spoken as (
    select {{ warehouse_ai.ai_detect_language('text') }} as language
    from sampled
)
select
    count(*) as texts,
    avg(cast(language is not distinct from {{ warehouse_ai._wai_literal(language) }} as integer)) as share
from spoken
having share < {{ at_least }}
{% endtest %}
