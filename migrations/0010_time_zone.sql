-- Where a customer's months begin, for consents that cover a sum per month.
alter table customers add column time_zone text;
--> statement-breakpoint
-- Whether this server can count by it. The names come with the server, hence this is asked of it and not of a list.
create function is_time_zone(p_name text) returns boolean language plpgsql stable as $$
begin
  perform now() at time zone p_name;
  return true;
exception when invalid_parameter_value then
  return false;
end
$$;
--> statement-breakpoint
-- Whether a charge of this amount, due then, is more than its consent allows. Charges that ended unpaid do not count.
-- The month is the calendar's where the customer lives, in UTC while nobody has said where.
create or replace function exceeds_consent(p_consent text, p_amount_minor bigint, p_currency text, p_due_at timestamptz)
returns boolean language sql stable as $$
  select coalesce(n.until <= p_due_at, false)
    or coalesce(n.max_charges <= (
         select count(*) from charges c
         where c.consent_id = n.id and c.state not in ('failed', 'canceled')), false)
    or coalesce(n.max_amount_currency <> p_currency, false)
    or coalesce(n.max_amount_minor < p_amount_minor + case when n.max_amount_per = 'month' then (
         select coalesce(sum(c.amount_minor), 0) from charges c
         where c.consent_id = n.id and c.state not in ('failed', 'canceled')
           and date_trunc('month', coalesce(c.scheduled_for, c.created_at), u.zone) = date_trunc('month', p_due_at, u.zone))
         else 0 end, false)
  from consents n, lateral (
    select coalesce(c.time_zone, 'UTC') as zone from customers c where c.id = n.customer_id
  ) u
  where n.id = p_consent
$$;
