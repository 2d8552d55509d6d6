{{ config(materialized='table', tags=['ai']) }}

with

reviewed as (
    select * from {{ ref('moderation_reviewed') }}
),

content as (
    select * from {{ ref('stg_user_content') }}
),

labelled as (
    select
        content.body,
        case when reviewed.decision = 'approved' then 'approved' else 'not_approved' end as verdict
    from reviewed
    inner join content
        on reviewed.content_id = content.content_id
    where content.has_text
)

select {{ ai_fit('body', 'verdict') }} as head
from labelled
having count(*) > 0
