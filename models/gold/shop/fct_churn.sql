{{ config(materialized='table') }}

with

scores as (
    select * from {{ ref('churn_scores') }}
),

snapshots as (
    select * from {{ ref('churn_snapshots') }}
),

tiered as (
    select
        scores.*,
        snapshots.total_spent,
        case
            when scores.churn_probability > 0.7 then 'high'
            when scores.churn_probability > 0.3 then 'medium'
            else 'low'
        end as churn_risk_tier,
        case
            when scores.churn_probability > 0.8 then 'urgent'
            when scores.churn_probability > 0.5 then 'normal'
            else 'low'
        end as business_priority
    from scores
    inner join snapshots
        on
            scores.customer_id = snapshots.customer_id
            and scores.month_start = snapshots.month_start
),

final as (
    select
        -- grain
        customer_id,
        month_start,

        -- score
        churn_probability,
        churn_risk_tier,
        contributions,
        reasons,

        -- what to do
        case churn_risk_tier
            when 'high' then 'immediate_retention_campaign'
            when 'medium' then 'scheduled_engagement'
            else 'standard_communication'
        end as recommended_action,
        business_priority,
        total_spent,
        total_spent * (1 - churn_probability) as retention_value,

        -- origin
        model_id,
        scored_at
    from tiered
)

select * from final
