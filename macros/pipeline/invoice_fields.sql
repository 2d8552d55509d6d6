{#- What is asked of an invoice: a schema for `ai_extract` with the labels that invoices write before each value, the surest first. -#}
{% macro invoice_fields() -%}
    {%- set name = '^[^a-z\\s|,][^,|]*[^,|\\s]' -%}
    {{- return({
        'invoice_number': {
            'description': 'number of the invoice',
            'labels': ['invoice number', 'invoice no', 'invoice id', 'invoice #', 'bill number', 'document no', 'invoice', 'no'],
            'pattern': '\\S*\\d\\S*',
        },
        'invoice_date': {
            'type': 'date',
            'description': 'day of issue of the invoice',
            'labels': ['invoice date', 'date of issue', 'date of invoice', 'document date', 'date issued', 'issue date', 'issued', 'date'],
        },
        'total': {
            'type': 'money',
            'description': 'total amount to pay',
            'labels': [
                'total due', 'amount due', 'balance due', 'amount payable', 'total payable', 'total amount to pay', 'total to pay',
                'grand total', 'invoice total', 'total amount', 'total incl. VAT', 'total',
            ],
        },
        'seller': {
            'description': 'company that sends the invoice and is paid',
            'labels': ['seller', 'sold by', 'supplier', 'vendor'],
            'pattern': name,
        },
        'buyer': {
            'description': 'customer who is billed',
            'labels': ['buyer', 'bill to', 'billed to', 'invoice to', 'invoiced to', 'customer', 'exhibitor', 'for', 'to'],
            'pattern': name,
        },
    }) -}}
{%- endmacro %}
