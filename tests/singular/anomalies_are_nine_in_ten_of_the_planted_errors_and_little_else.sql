-- Evaluates the models of anomalies, which know no business rule, on the planted errors that numbers can show (`rpt_anomalies` names them):
-- recall and precision on all rows, and on the later ones alone, which they were not fitted on. Eight in ten of each kind have to be found.
select
    row_kind,
    planted_kind,
    recall,
    precision,
    later_recall,
    later_precision
from {{ ref('rpt_anomalies') }}
where
    rows_planted > 0
    and (
        recall < 0.8
        or planted_kind = 'all of these' and (recall < 0.9 or coalesce(precision, 0) < 0.9)
        or planted_kind = 'all of these' and later_rows_planted > 0 and (later_recall < 0.9 or coalesce(later_precision, 0) < 0.9)
    )
