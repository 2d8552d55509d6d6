{#-
    Free texts that say nothing: blank or too short, without a letter, a few characters or one word over and over, rows of keys, place holders,
    five Latin letters or more without a vowel. NULL passes.
-#}
{% test ai_says_something(model, column_name, min_length=2, fillers=[]) %}
select *
from {{ model }}
where {{ warehouse_ai._wai_says_nothing('cast(' ~ column_name ~ ' as varchar)', min_length, fillers) }}
{% endtest %}
