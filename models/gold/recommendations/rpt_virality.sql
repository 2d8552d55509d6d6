{{ config(materialized='table', tags=['report']) }}

with

items as (
    select * from {{ ref('fct_virality') }}
),

models as (
    select * from {{ ref('virality_model') }}
),

{# Each item was scored by a model that had seen none of its week. #}
measured as (
    select
        models.valid_from as week_start,
        items.is_likely_viral,
        items.went_viral,
        items.viral_probability
    from items
    inner join models
        on items.model_id = models.model_id
    where items.went_viral is not null
),

final as (
    select
        -- grain
        case when grouping(week_start) = 1 then 'all' else strftime(week_start, '%Y-%m-%d') end as scored_week,

        -- numerics
        count(*) as items,
        count(*) filter (where went_viral) as viral_items,
        count(*) filter (where is_likely_viral) as flagged_items,
        count(*) filter (where is_likely_viral and went_viral) as flagged_viral_items,
        count(*) filter (where is_likely_viral and went_viral) / nullif(count(*) filter (where is_likely_viral), 0) as precision_of_flags,
        count(*) filter (where is_likely_viral and went_viral) / nullif(count(*) filter (where went_viral), 0) as recall_of_flags,
        round(avg(viral_probability), 6) as mean_probability
    from measured
    group by rollup(week_start)
)

select * from final
where items > 0
order by scored_week
