-- Which services each host offers, as the last answer at each place says.
select distinct stamp_host, host, name, type, domain
from (
  select stamp_host, host, name, type, domain,
    row_number() over (
      partition by stamp_host, name, type, domain, interface, protocol
      order by time desc, line desc
    ) as recent
  from events
  where event = 'resolve'
)
where recent = 1
