-- Which services two hosts offered at once, under one name. An answer holds at
-- its place until the next line about that place.
with disputed as (
  -- The few that two hosts offered at all: only their lines are put in order.
  select stamp_host, name, type, domain
  from (
    select distinct stamp_host, name, type, domain, host
    from events
    where event = 'resolve'
  )
  group by stamp_host, name, type, domain
  having min(lower(host)) <> max(lower(host))
),
places as (
  -- To Spark the hint says what it does not guess; without it, it moves all rows.
  select /*+ broadcast(d) */
    e.stamp_host, e.name, e.type, e.domain, e.event, lower(e.host) as host, e.time,
    lead(e.time) over (
      partition by e.stamp_host, e.name, e.type, e.domain, e.interface, e.protocol
      order by e.time, e.line
    ) as until
  from events as e
  join disputed as d
    -- Null where it is not known, which `=` would leave out.
    on coalesce(e.stamp_host, '') = coalesce(d.stamp_host, '') and e.name = d.name
    and coalesce(e.type, '') = coalesce(d.type, '') and e.domain = d.domain
  where e.event in ('add', 'resolve', 'remove') and e.time is not null
),
-- Each answer as a step up when it comes and a step down when it ends.
steps as (
  select stamp_host, name, type, domain, host, step,
    case when step = 1 then time else until end as time
  from places
  cross join (values (1), (-1)) as ways (step)
  where event = 'resolve' and (step = 1 or until is not null)
),
-- How many hold then, of all hosts and of this one.
counted as (
  select stamp_host, name, type, domain, step,
    sum(step) over (partition by stamp_host, name, type, domain order by time) as of_all,
    sum(step) over (partition by stamp_host, name, type, domain, host order by time) as of_host
  from steps
)
select distinct stamp_host, name, type, domain
from counted
where step = 1 and of_all > of_host
