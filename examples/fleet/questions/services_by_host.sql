-- Which services each host offers, as the last answer at each place says. The
-- answers are many, the hosts at a place few: only those are put in order.
select distinct stamp_host, host, name, type, domain
from (
  select stamp_host, host, name, type, domain,
    row_number() over (
      partition by stamp_host, name, type, domain, interface, protocol
      order by time desc, line desc
    ) as recent
  from (
    select stamp_host, host, name, type, domain, interface, protocol,
      max(time) as time, max(line) as line
    from events
    where event = 'resolve'
    group by stamp_host, host, name, type, domain, interface, protocol
  )
)
where recent = 1
