-- Six fields of fourteen invoices against the truth.
select *
from {{ ref('rpt_documents') }}
where document_type = 'invoice' and invoice_fields_right < 0.9
