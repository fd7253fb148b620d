-- Which services two hosts offered at once, under one name. An answer holds at
-- its place until the next line about that place.
with places as (
  select stamp_host, name, type, domain, event, lower(host) as host, time,
    lead(time) over (
      partition by stamp_host, name, type, domain, interface, protocol
      order by time, line
    ) as until
  from events
  where event in ('add', 'resolve', 'remove')
),
disputed as (
  select stamp_host, name, type, domain
  from places
  where event = 'resolve'
  group by stamp_host, name, type, domain
  having count(distinct host) > 1
),
held as (
  select places.*
  from places
  join disputed
    on places.stamp_host = disputed.stamp_host and places.name = disputed.name
    and places.type = disputed.type and places.domain = disputed.domain
  where event = 'resolve'
)
select distinct a.stamp_host, a.name, a.type, a.domain
from held as a
join held as b
  on a.stamp_host = b.stamp_host and a.name = b.name
  and a.type = b.type and a.domain = b.domain
where a.host <> b.host and b.time >= a.time and (a.until is null or b.time < a.until)
