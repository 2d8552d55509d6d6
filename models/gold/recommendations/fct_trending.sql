{{ config(materialized='table') }}

{#- Interactions that the usual is worth: the more, the longer it takes to be called out of the ordinary. -#}
{%- set prior = var('warehouse_ai_trending_prior', 3) %}

with

hours as (
    select * from {{ ref('interaction_hours') }}
),

items as (
    select * from {{ ref('content_items') }}
),

{# The last moment in the data stands for now. #}
clock as (
    select
        date_trunc('day', min(hour_start)) as first_day,
        max(hour_start) + interval 1 hour as now_at
    from hours
),

{# Every hour of an item's life, the silent ones too. Ages count in powers of two: interest fades fast, then slowly. #}
lives as (
    select
        items.item_type,
        items.item_id,
        life.hour_start,
        cast(log2(1 + date_diff('hour', date_trunc('hour', items.published_at), life.hour_start)) as integer) as age_class
    from items
    cross join clock
    cross join unnest(
        generate_series(date_trunc('hour', items.published_at), clock.now_at - interval 1 hour, interval 1 hour)
    ) as life (hour_start)
),

observed as (
    select
        lives.*,
        coalesce(hours.interactions, 0) as interactions,
        coalesce(hours.engagement, 0) as engagement,
        avg(coalesce(hours.interactions, 0)) over (partition by lives.item_type, lives.age_class) as of_age
    from lives
    left join hours
        on
            lives.item_type = hours.item_type
            and lives.item_id = hours.item_id
            and lives.hour_start = hours.hour_start
),

{# What items of that type and age get at that time of day. #}
usual as (
    select
        *,
        of_age
        * sum(interactions) over (partition by extract('hour' from hour_start))
        / nullif(sum(of_age) over (partition by extract('hour' from hour_start)), 0) as of_age_and_time
    from observed
),

running as (
    select
        *,
        sum(interactions) over past as interactions_before,
        sum(coalesce(of_age_and_time, 0)) over past as usual_before
    from usual
    window past as (partition by item_type, item_id order by hour_start rows between unbounded preceding and 1 preceding)
),

{# An hour's weight halves over half the window. #}
weights as (
    select
        spans.time_window,
        ago.hours_ago,
        pow(0.5, (ago.hours_ago - 1) / (spans.window_hours / 2)) as weight
    from (values ('1 hour', 1), ('24 hours', 24), ('7 days', 168)) as spans (time_window, window_hours)
    cross join unnest(generate_series(1, spans.window_hours)) as ago (hours_ago)
),

moments as (
    select unnest(list_distinct(list_append(generate_series(first_day + interval 1 day, now_at, interval 1 day), now_at))) as as_of
    from clock
),

summed as (
    select
        moments.as_of,
        weights.time_window,
        running.item_type,
        running.item_id,
        sum(running.interactions) as interactions,
        sum(weights.weight * running.interactions) as decayed_interactions,
        sum(weights.weight * running.engagement) / sum(weights.weight) as velocity,
        sum(weights.weight * coalesce(running.of_age_and_time, 0)) as decayed_usual,
        arg_min(coalesce(running.interactions_before, 0), running.hour_start) as interactions_before,
        arg_min(coalesce(running.usual_before, 0), running.hour_start) as usual_before
    from moments
    cross join weights
    inner join running
        on moments.as_of - to_hours(weights.hours_ago) = running.hour_start
    group by moments.as_of, weights.time_window, running.item_type, running.item_id
    having sum(running.interactions) > 0
),

{# Gamma-Poisson shrinkage, twice: the item's level before the window, and what the window has beside it. #}
levelled as (
    select
        *,
        (interactions_before + {{ prior }}) / (usual_before + {{ prior }}) as own_level
    from summed
),

compared as (
    select
        *,
        decayed_usual * own_level as expected_interactions,
        (decayed_interactions + {{ prior }}) / (decayed_usual * own_level + {{ prior }}) as trend
    from levelled
),

final as (
    select
        -- grain
        compared.as_of,
        compared.time_window,
        compared.item_type,
        compared.item_id,

        -- strings
        items.label,

        -- numerics
        row_number() over (
            partition by compared.as_of, compared.time_window
            order by round(compared.trend, 9) desc, compared.item_type asc, compared.item_id asc
        ) as trend_rank,
        cast(compared.interactions as bigint) as interactions,
        compared.velocity,
        compared.decayed_interactions,
        compared.expected_interactions,
        compared.trend,

        -- booleans
        compared.trend >= {{ var('warehouse_ai_trending_from', 2) }} as is_trending,
        compared.as_of = max(compared.as_of) over () as is_latest
    from compared
    inner join items
        on
            compared.item_type = items.item_type
            and compared.item_id = items.item_id
)

select * from final
