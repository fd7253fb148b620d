-- How often each service went from a place, day by day.
select stamp_host, day, name, type, domain, count(*) as lost
from events
where event = 'remove'
group by stamp_host, day, name, type, domain
