{{ config(materialized='table') }}

with

items as (
    select * from {{ ref('content_items') }}
),

interactions as (
    select * from {{ ref('stg_interactions') }}
),

clock as (
    select max(occurred_at) as now_at
    from interactions
),

{# Of the first two hours only what had arrived by their end: nobody can predict with lines that land later. #}
happened as (
    select
        interactions.item_type,
        interactions.item_id,
        interactions.user_id,
        interactions.kind,
        interactions.occurred_at - items.published_at as age,
        greatest(interactions.occurred_at, interactions.landed_at) < items.published_at + interval 2 hours as is_early
    from interactions
    inner join items
        on
            interactions.item_type = items.item_type
            and interactions.item_id = items.item_id
            and interactions.occurred_at >= items.published_at
),

counts as (
    select
        item_type,
        item_id,
        count(*) filter (where is_early) as interactions_2h,
        count(*) filter (where is_early and kind = 'view') as views_2h,
        count(*) filter (where is_early and kind = 'share') as shares_2h,
        count(*) filter (where is_early and kind in ('like', 'save', 'comment')) as reactions_2h,
        count(*) filter (where is_early and age >= interval 1 hour) as interactions_second_hour,
        count(distinct case when is_early then user_id end) as readers_2h,
        count(*) filter (where age < interval 48 hours) as interactions_48h
    from happened
    group by item_type, item_id
),

counted as (
    select
        items.item_type,
        items.item_id,
        items.author,
        items.published_at,
        items.published_at + interval 2 hours as known_at,
        items.published_at + interval 48 hours as closed_at,
        {%- for name in ('interactions_2h', 'views_2h', 'shares_2h', 'reactions_2h', 'interactions_second_hour', 'readers_2h') %}
            coalesce(counts.{{ name }}, 0) as {{ name }},
        {%- endfor %}
        coalesce(counts.interactions_48h, 0) as interactions_48h
    from items
    left join counts
        on
            items.item_type = counts.item_type
            and items.item_id = counts.item_id
),

final as (
    select
        -- ids
        counted.item_type,
        counted.item_id,

        -- what is known after two hours
        counted.views_2h,
        counted.shares_2h,
        counted.reactions_2h,
        counted.readers_2h,
        counted.shares_2h / greatest(counted.interactions_2h, 1) as share_ratio_2h,
        (counted.interactions_second_hour + 1) / (counted.interactions_2h - counted.interactions_second_hour + 1) as growth_2h,
        extract('hour' from counted.published_at) as hour_published,
        avg(earlier.interactions_48h) as author_mean_48h,

        -- what came of it
        case when counted.closed_at <= clock.now_at then counted.interactions_48h end as interactions_48h,

        -- timestamps
        counted.published_at
    from counted
    cross join clock
    left join counted as earlier
        on
            counted.item_type = earlier.item_type
            and counted.author = earlier.author
            and counted.published_at >= earlier.closed_at
    where counted.known_at <= clock.now_at
    group by all
)

select * from final
