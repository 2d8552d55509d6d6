{#- Business rules of the shop's transactions. -#}
{% macro transaction_rules() -%}
    {{- return([
        {'broken': "amount_text is not null and amount_read is null", 'reason': 'amount is not a number'},
        {'broken': "amount_text is null", 'reason': 'amount is missing'},
        {'broken': "amount_read <= 0", 'reason': 'amount is not positive'},
        {'broken': "amount_read > 10000", 'reason': 'amount is over 10,000 EUR'},
        {'broken': "quantity_read is null or quantity_read < 1", 'reason': 'quantity is below 1'},
        {'broken': "purchased_at > landed_at", 'reason': 'bought after it landed'},
        {'broken': "landed_at > purchased_at + interval 7 days", 'reason': 'landed more than 7 days late'},
        {'broken': "not is_known_customer", 'reason': 'customer is unknown'},
        {'broken': "channel not in ('app', 'store', 'web')", 'reason': 'channel is unknown'},
        {'broken': "category not in ('garden', 'kitchen', 'lighting', 'storage', 'textiles')", 'reason': 'category is unknown'},
    ]) -}}
{%- endmacro %}
