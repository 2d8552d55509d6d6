{{ config(materialized='table') }}

with

invoices as (
    select *
    from {{ ref('document_fields') }}
    where document_type = 'invoice'
),

repeated as (
    select
        seller,
        invoice_number
    from invoices
    group by seller, invoice_number
    having count(*) > 1
),

checked as (
    select
        invoices.*,
        {{ broken_rules([
            {'broken': 'invoices.invoice_date is null', 'reason': 'date is missing'},
            {'broken': 'invoices.total is null', 'reason': 'total is missing'},
            {'broken': 'invoices.total <= 0', 'reason': 'total is not positive'},
            {'broken': 'invoices.currency is null', 'reason': 'currency is missing'},
            {'broken': 'invoices.seller is null', 'reason': 'seller is missing'},
            {'broken': 'invoices.buyer is null', 'reason': 'buyer is missing'},
            {'broken': 'invoices.seller = invoices.buyer', 'reason': 'seller is the buyer'},
            {'broken': 'repeated.invoice_number is not null', 'reason': 'seller sent this number twice'},
        ]) }} as reasons
    from invoices
    left join repeated
        on
            invoices.seller = repeated.seller
            and invoices.invoice_number = repeated.invoice_number
),

final as (
    select
        -- ids
        path,
        invoice_number,

        -- strings
        seller,
        buyer,
        currency,
        reasons,

        -- numerics
        total,

        -- booleans
        len(reasons) = 0 as is_complete,

        -- timestamps
        invoice_date,
        updated_at
    from checked
)

select * from final
