{#- Business rules of the shop's customers: what a row that breaks one looks like, and the reason in words. -#}
{% macro shop_customer_rules() -%}
    {{- return([
        {'broken': "age_text is not null and age_read is null or age_read not between 0 and 120", 'reason': 'age is not between 0 and 120'},
        {'broken': "income_text is not null and income_read is null", 'reason': 'income is not a number'},
        {'broken': "income_read < 0", 'reason': 'income is negative'},
        {'broken': "credit_score_text is not null and credit_score_read is null or credit_score_read not between 300 and 850", 'reason': 'credit score is not between 300 and 850'},
        {'broken': "email is not null and not regexp_full_match(email, '[^@\\s]+@[^@\\s]+\\.[a-z]{2,}')", 'reason': 'email is not an address'},
        {'broken': "country not in ('DE', 'DK', 'FR', 'GB', 'IE', 'NL')", 'reason': 'country is none that the shop delivers to'},
        {'broken': "plan not in ('basic', 'plus', 'premium')", 'reason': 'plan is unknown'},
        {'broken': "signed_up_at > changed_at", 'reason': 'signed up in the future'},
        {'broken': "about_filler_probability > 0.8", 'reason': 'about describes nobody'},
    ]) -}}
{%- endmacro %}
