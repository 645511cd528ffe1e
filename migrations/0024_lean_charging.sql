DROP INDEX "charges_leased_idx";
--> statement-breakpoint
-- Charging leaves Postgres less to do. Nothing is allowed that was refused.
--
-- A wall is asked when what it guards changes, and not at each of the five updates of a charge's life.
drop trigger customers_guard on customers;
--> statement-breakpoint
create trigger customers_guard_birth before insert on customers for each row execute function guard_obligation('customer');
--> statement-breakpoint
create trigger customers_guard before update on customers for each row
  when (old.state is distinct from new.state or old.version is distinct from new.version)
  execute function guard_obligation('customer');
--> statement-breakpoint
drop trigger payment_methods_guard on payment_methods;
--> statement-breakpoint
create trigger payment_methods_guard_birth before insert on payment_methods for each row execute function guard_obligation('payment_method');
--> statement-breakpoint
create trigger payment_methods_guard before update on payment_methods for each row
  when (old.state is distinct from new.state or old.version is distinct from new.version)
  execute function guard_obligation('payment_method');
--> statement-breakpoint
drop trigger setups_guard on setups;
--> statement-breakpoint
create trigger setups_guard_birth before insert on setups for each row execute function guard_obligation('setup');
--> statement-breakpoint
create trigger setups_guard before update on setups for each row
  when (old.state is distinct from new.state or old.version is distinct from new.version)
  execute function guard_obligation('setup');
--> statement-breakpoint
drop trigger charges_guard on charges;
--> statement-breakpoint
create trigger charges_guard_birth before insert on charges for each row execute function guard_obligation('charge');
--> statement-breakpoint
create trigger charges_guard before update on charges for each row
  when (old.state is distinct from new.state or old.version is distinct from new.version)
  execute function guard_obligation('charge');
--> statement-breakpoint
drop trigger recoveries_guard on recoveries;
--> statement-breakpoint
create trigger recoveries_guard_birth before insert on recoveries for each row execute function guard_obligation('recovery');
--> statement-breakpoint
create trigger recoveries_guard before update on recoveries for each row
  when (old.state is distinct from new.state or old.version is distinct from new.version)
  execute function guard_obligation('recovery');
--> statement-breakpoint
drop trigger messages_guard on messages;
--> statement-breakpoint
create trigger messages_guard_birth before insert on messages for each row execute function guard_obligation('message');
--> statement-breakpoint
create trigger messages_guard before update on messages for each row
  when (old.state is distinct from new.state or old.version is distinct from new.version)
  execute function guard_obligation('message');
--> statement-breakpoint
drop trigger inbox_events_guard on inbox_events;
--> statement-breakpoint
create trigger inbox_events_guard_birth before insert on inbox_events for each row execute function guard_obligation('inbox_event');
--> statement-breakpoint
create trigger inbox_events_guard before update on inbox_events for each row
  when (old.state is distinct from new.state or old.version is distinct from new.version)
  execute function guard_obligation('inbox_event');
--> statement-breakpoint
drop trigger charges_guard_money on charges;
--> statement-breakpoint
create trigger charges_guard_money before update on charges for each row
  when ((old.amount_minor, old.currency, old.customer_id, old.livemode, old.stripe_payment_intent_id, old.close_requested_at,
         old.settled_at, old.amount_received_minor)
        is distinct from
        (new.amount_minor, new.currency, new.customer_id, new.livemode, new.stripe_payment_intent_id, new.close_requested_at,
         new.settled_at, new.amount_received_minor))
  execute function guard_charge();
--> statement-breakpoint
drop trigger charge_attempts_guard on charge_attempts;
--> statement-breakpoint
create trigger charge_attempts_guard before update on charge_attempts for each row execute function guard_attempt();
--> statement-breakpoint

-- Offer, claim and the note that a create begins change nothing that an index knows. With room on its page such a row is
-- written beside itself, and no index is touched; what is left of it the next reader of the page sweeps up.
alter table charges set (fillfactor = 50);
--> statement-breakpoint

-- Nearly every card was never declined: asked by the methods that are the card, so that only the index of declines can answer.
create or replace function limited_until(p_method payment_methods, p_charge text, p_beside bigint, p_limits jsonb)
returns timestamptz language plpgsql stable as $$
declare
  v_now timestamptz;
  v_methods constant text[] := array(select m.id from payment_methods m where m.card_id = p_method.card_id);
begin
  if not exists (select from charge_attempts a
                 where a.payment_method_id = any(v_methods) and a.state in ('declined', 'authentication_required')) then
    return null;
  end if;
  v_now := dc_now();
  return (
    select max(coalesce(
      (select a.ended_at from charge_attempts a
       where a.payment_method_id = any(v_methods) and a.state in ('declined', 'authentication_required')
         and a.ended_at > v_now - make_interval(secs => l.window_s)
       order by a.ended_at desc offset l.declines_max - 1 limit 1) + make_interval(secs => l.window_s),
      case when d.declines > 0 and l.declines_max <= p_beside + d.declines + (
        select count(*) from charge_attempts a
        where a.payment_method_id = any(v_methods) and a.ended_at is null and a.charge_id <> p_charge
      ) then v_now + interval '10 seconds' end))
    from jsonb_to_recordset(p_limits) as l (network text, window_s int, declines_max int)
    cross join lateral (
      select count(*) as declines from charge_attempts a
      where a.payment_method_id = any(v_methods) and a.state in ('declined', 'authentication_required')
        and a.ended_at > v_now - make_interval(secs => l.window_s)) d
    where l.network = p_method.card_brand);
end
$$;
--> statement-breakpoint

-- As before; it asks for the time once, and for a charge's attempts by the charge alone.
create or replace function permit_sendings(
  p_charges text[], p_methods text[], p_consents text[], p_chosen boolean[], p_moves boolean,
  p_automatic boolean[], p_limits jsonb
) returns table (charge_id text, is_permitted boolean, attempts_newest int, is_unresolved boolean, recovery_id text)
language plpgsql rows 25 as $$
declare
  v_now constant timestamptz := dc_now();
begin
  perform pg_advisory_xact_lock_shared(charging_lock());
  if p_moves then
    perform 1 from consents n
      where n.id in (select unnest(p_consents) union select c.consent_id from charges c where c.id = any(p_charges))
      order by n.id for update;
  else
    perform 1 from consents n
      where n.id in (select unnest(p_consents) union select c.consent_id from charges c where c.id = any(p_charges))
      order by n.id for share;
  end if;
  perform 1 from payment_methods m where m.id = any(p_methods) order by m.id for share;
  perform 1 from customers u
    where u.id in (select c.customer_id from charges c where c.id = any(p_charges)) order by u.id for share;
  perform 1 from cards k
    where k.id in (select m.card_id from unnest(p_methods, p_automatic) as w (id, is_automatic)
                   join payment_methods m on m.id = w.id where w.is_automatic)
    order by k.id for update;
  perform 1 from charges c where c.id = any(p_charges) order by c.id for update;
  return query
    select c.id,
      i.charging_enabled and c.close_requested_at is null and u.stopped_at is null
        and coalesce(m.state = 'usable', false)
        and coalesce(n.scope = 'off_session' and n.accepted_at is not null and n.revoked_at is null
                     and (n.until is null or n.until > v_now), false)
        and case when w.is_chosen is not true then true
                 when c.follows_customer then
                   coalesce(m.id = method_of_day(u) and n.id = m.consent_id and n.frequency = 'recurring', false)
                   and (n.id = c.consent_id
                        or p_moves and not exceeds_consent(n.id, c.amount_minor, c.currency, v_now))
                 else m.id = c.payment_method_id and n.id = c.consent_id end
        and (w.is_automatic is not true or m.id is null
             or not exists (select from verdict_on(m)) and limited_until(m, c.id, w.beside, p_limits) is null),
      a.newest, a.is_unresolved,
      (select r.id from recoveries r where r.charge_id = c.id and r.state = 'open' and r.expires_at > v_now)
    from (select w.*, row_number() over (partition by k.card_id, w.is_automatic order by w.id) - 1 as beside
          from unnest(p_charges, p_methods, p_consents, p_chosen, p_automatic)
            as w (id, method_id, consent_id, is_chosen, is_automatic)
          left join payment_methods k on k.id = w.method_id) w
    cross join instance i
    join charges c on c.id = w.id
    cross join lateral (
      select coalesce(max(t.number), 0) as newest, coalesce(bool_or(t.ended_at is null), false) as is_unresolved
      from charge_attempts t where t.charge_id = c.id) a
    join customers u on u.id = c.customer_id
    left join consents n on n.id = w.consent_id
    left join payment_methods m on m.id = w.method_id;
end
$$;
--> statement-breakpoint

-- As before; a customer's default that is open is nearly every answer, and is looked for first.
create or replace function method_of_day(p customers) returns text language plpgsql stable as $$
declare
  v_id text;
begin
  select d.id into v_id from payment_methods d
  where d.id = p.default_payment_method_id and not exists (select from verdict_on(d));
  if found or p.default_payment_method_id is null then
    return v_id;
  end if;
  return (
    select coalesce(
      (select m.id from payment_methods m join consents n on n.id = m.consent_id
       where m.customer_id = p.id and m.state = 'usable' and m.type = 'card' and n.frequency = 'recurring'
         and n.scope = 'off_session' and n.accepted_at is not null and n.revoked_at is null
         and (n.until is null or n.until > dc_now()) and not exists (select from verdict_on(m))
       order by m.created_at desc, m.id limit 1), d.id)
    from payment_methods d where d.id = p.default_payment_method_id);
end
$$;
