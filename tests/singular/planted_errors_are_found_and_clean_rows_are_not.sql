-- Evaluates the rules on the errors that the generator planted: no clean transaction may break a rule, and of the rows with an error that
-- cannot simply be read (`12,50`) or that is nothing but a missing value, every one has to.
with

planted as (
    select
        table_name,
        row_key,
        bool_or(
            kind not in (
                'amount as text',
                'income as text',
                'missing age',
                'missing income',
                'duplicated row',
                'mistyped channel',
                'blank message'
            )
        ) as is_broken
    from {{ ref('planted_errors') }}
    group by table_name, row_key
),

checked as (
    select
        'raw_shop_customers' as table_name,
        customer_id as row_key,
        len(reasons) > 0 as is_flagged
    from {{ ref('shop_customers_checked') }}
    union all
    select
        'raw_transactions' as table_name,
        transaction_id as row_key,
        len(reasons) > 0 as is_flagged
    from {{ ref('transactions_checked') }}
    where copy_number = 1
    union all
    select
        'raw_support_contacts' as table_name,
        contact_id as row_key,
        len(reasons) > 0 as is_flagged
    from {{ ref('support_contacts_checked') }}
    where copy_number = 1
)

select checked.*
from checked
left join planted
    on checked.table_name = planted.table_name and checked.row_key = planted.row_key
where
    coalesce(planted.is_broken, false) and not checked.is_flagged
    or planted.row_key is null and checked.is_flagged
