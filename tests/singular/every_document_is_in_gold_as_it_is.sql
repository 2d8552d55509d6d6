-- Every file has a row, also one that cannot be read, which stays with its error; no file has text and an error.
select
    truth.path,
    truth.state,
    documents.state as found_state
from {{ ref('document_truth') }} as truth
full outer join {{ ref('fct_documents') }} as documents
    on truth.path = documents.path
where
    truth.state is distinct from documents.state
    or (documents.state = 'ok') is distinct from (documents.error is null)
    or (documents.state = 'ok') is distinct from (documents.character_count > 0)
