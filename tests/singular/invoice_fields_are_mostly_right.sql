-- Six fields of fourteen invoices against the truth.
select
    document_type,
    invoice_fields_right
from {{ ref('rpt_documents') }}
where document_type = 'invoice' and invoice_fields_right < 0.9
