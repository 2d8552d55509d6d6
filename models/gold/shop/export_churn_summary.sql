{{
    config(
        materialized='external',
        location=var('warehouse_ai_export_dir', 'target/exports') ~ '/churn_summary.csv',
        format='csv',
        csv_read_options={
            'columns': {
                'churn_risk_tier': 'varchar',
                'customer_count': 'bigint',
                'mean_probability': 'double',
                'retention_value': 'double',
            },
        },
        pre_hook='{{ make_export_folder() }}',
    )
}}

select
    churn_risk_tier,
    customer_count,
    mean_probability,
    retention_value
from {{ ref('fct_churn_summary') }}
