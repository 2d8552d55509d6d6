-- Fails where the hours that microbatches have counted are not those of all interactions, such as after a look-back that is too short.
with

counted as (
    select sum(interactions) as interactions
    from {{ ref('interaction_hours') }}
),

happened as (
    select count(*) as interactions
    from {{ ref('stg_interactions') }}
)

select
    counted.interactions as in_hours,
    happened.interactions as in_all
from counted
cross join happened
where coalesce(counted.interactions, 0) <> happened.interactions
