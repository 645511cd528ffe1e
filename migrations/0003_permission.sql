-- Permission to charge, and its withdrawal (docs/protocol.md, 3.2 and 12.5).
--
-- A statement of READ COMMITTED sees other tables as they were when it began, however long it then waits for a lock. So
-- whatever sends money, and whatever forbids it, first takes its locks and reads in the statements after them, inside
-- one function. All take them in one order: the kill switch, consents, methods, customers, charges, attempts,
-- recoveries, setups, messages; ids ascending, shared where only read.

-- A stop is a state: nothing is charged to this customer until it is lifted.
alter table customers add column stopped_at timestamptz;
--> statement-breakpoint

-- How far a recurring consent reaches: until when, for how many charges, for how much each or in a calendar month.
alter table consents
  add column until timestamptz,
  add column max_charges integer,
  add column max_amount_minor bigint,
  add column max_amount_currency text,
  add column max_amount_per text,
  add constraint consents_limits_check
    check (frequency = 'recurring' or (until is null and max_charges is null and max_amount_minor is null)),
  add constraint consents_max_amount_check
    check ((max_amount_minor is null) = (max_amount_currency is null)
           and (max_amount_minor is null) = (max_amount_per is null) and max_amount_per in ('charge', 'month'));
--> statement-breakpoint

-- The kill switch as a lock: a row would be locked, and so written, by every claim. Shared by every statement that lets
-- a request leave, held alone by the one that turns the switch.
create function charging_lock() returns bigint language sql immutable as $$ select 7308895102714377::bigint $$;
--> statement-breakpoint
create function turn_charging(p_enabled boolean, p_reason text) returns void language plpgsql as $$
begin
  perform pg_advisory_xact_lock(charging_lock());
  update instance set charging_enabled = p_enabled, charging_reason = p_reason;
end
$$;
--> statement-breakpoint

-- What must hold before a confirm leaves, be it for the first time or again: for each charge, with the method that the
-- confirm names. The locks last as long as the statement that asks; a withdrawal waits for it or is seen by it.
create function permit_sendings(p_charges text[], p_methods text[])
returns table (charge_id text, is_permitted boolean, attempts_newest int, is_unresolved boolean, recovery_id text)
language plpgsql rows 25 as $$
begin
  perform pg_advisory_xact_lock_shared(charging_lock());
  perform 1 from consents n
    where n.id in (select c.consent_id from charges c where c.id = any(p_charges)) order by n.id for share;
  perform 1 from payment_methods m where m.id = any(p_methods) order by m.id for share;
  perform 1 from customers u
    where u.id in (select c.customer_id from charges c where c.id = any(p_charges)) order by u.id for share;
  perform 1 from charges c where c.id = any(p_charges) order by c.id for update;
  return query
    select c.id,
      i.charging_enabled and c.close_requested_at is null and u.stopped_at is null
        and n.scope = 'off_session' and n.accepted_at is not null and n.revoked_at is null
        and (n.until is null or n.until > dc_now())
        and coalesce(m.state = 'usable', false),
      coalesce((select max(a.number) from charge_attempts a where a.charge_id = c.id), 0),
      exists (select 1 from charge_attempts a where a.charge_id = c.id and a.ended_at is null),
      (select r.id from recoveries r where r.charge_id = c.id and r.state = 'open' and r.expires_at > dc_now())
    from unnest(p_charges, p_methods) as w (id, method_id)
    cross join instance i
    join charges c on c.id = w.id
    join customers u on u.id = c.customer_id
    join consents n on n.id = c.consent_id
    left join payment_methods m on m.id = w.method_id;
end
$$;
--> statement-breakpoint

-- Asks charges to close, and names those that were neither final nor closing already: from here on no confirm of theirs
-- leaves but those already on their way.
create function close_charges(
  p_ids text[], p_as text, p_detail text, p_recovery text, p_cause text, p_reference text
) returns setof text language plpgsql as $$
begin
  perform 1 from charges c where c.id = any(p_ids) order by c.id for update;
  return query
    with asked as (
      select c.id from charges c
      where c.id = any(p_ids) and c.close_requested_at is null and c.state not in ('succeeded', 'failed', 'canceled')
    ), ended as (
      update recoveries r set state = p_recovery, closed_at = dc_now(), revision = r.revision + 1,
        cause = p_cause, cause_reference = p_reference
      from asked a where r.charge_id = a.id and r.state = 'open'
    )
    update charges c set
      close_requested_at = dc_now(), close_as = p_as, close_detail = p_detail,
      state = case when c.state = 'pending' then 'pending' else 'closing' end,
      detail = case when c.state = 'pending' then 'cannot_cancel_debit' else 'closing' end,
      due_at = dc_now(), revision = c.revision + 1, cause = p_cause, cause_reference = p_reference
    from asked a where c.id = a.id
    returning c.id;
end
$$;
--> statement-breakpoint

-- Ends consents, and asks the charges that rest on them to close. A debit under way is left alone, because it was
-- confirmed while the consent lived. A charge that is taken in meanwhile holds the consent's row: either this waits for
-- it and finds it, or it finds the consent gone.
create function revoke_consents(p_ids text[], p_cause text, p_reference text) returns setof text
language plpgsql as $$
begin
  perform 1 from consents n where n.id = any(p_ids) order by n.id for update;
  update consents n set revoked_at = dc_now() where n.id = any(p_ids) and n.revoked_at is null;
  return query select * from close_charges(
    array(select c.id from charges c where c.consent_id = any(p_ids) and c.state <> 'pending'),
    'canceled', 'consent_revoked', 'revoked', p_cause, p_reference);
end
$$;
--> statement-breakpoint

-- Stops a customer: every consent is revoked, every charge and every setup closes. A consent that comes later waits for
-- the stop to be lifted.
create function stop_customer(p_id text, p_reference text) returns table (charge_ids text[], setup_ids text[])
language plpgsql as $$
declare
  v_charges text[];
  v_setups text[];
begin
  perform 1 from consents n where n.customer_id = p_id order by n.id for update;
  update customers u set stopped_at = coalesce(u.stopped_at, dc_now()), revision = u.revision + 1 where u.id = p_id;
  v_charges := array(select * from revoke_consents(
    array(select n.id from consents n where n.customer_id = p_id), 'customer_stopped', p_reference));
  perform 1 from setups s where s.customer_id = p_id order by s.id for update;
  with closing as (
    update setups s set state = 'closing', close_as = 'canceled', close_requested_at = dc_now(), due_at = dc_now(),
      offered_at = null, revision = s.revision + 1, cause = 'customer_stopped', cause_reference = p_reference
    where s.customer_id = p_id and s.state in ('queued', 'awaiting_customer', 'processing')
    returning s.id
  ) select coalesce(array_agg(c.id), '{}') into v_setups from closing c;
  return query select v_charges, v_setups;
end
$$;
--> statement-breakpoint

-- Takes a method off file. While an attempt with it may still arrive it is `withdrawn`, and told unusable; Stripe is
-- asked to detach it, and it is told detached, once that attempt is resolved.
create function withdraw_method(p_id text, p_reference text) returns setof text language plpgsql as $$
declare
  v_was payment_methods;
begin
  select * into v_was from payment_methods m where m.id = p_id for update;
  if not found then
    return;
  end if;
  update customers u set default_payment_method_id = null, revision = u.revision + 1
    where u.id = v_was.customer_id and u.default_payment_method_id = p_id;
  update payment_methods m set
    state = case when exists (select 1 from charge_attempts a where a.payment_method_id = p_id and a.state = 'open')
                 then 'withdrawn' else 'detaching' end,
    due_at = dc_now(), offered_at = null, revision = m.revision + 1, cause = 'api', cause_reference = p_reference
    where m.id = p_id and m.state in ('usable', 'unusable', 'needs_review');
  return next v_was.state;
end
$$;
--> statement-breakpoint
-- When an attempt was last let go: whoever may not send it again waits from here until Stripe has surely ended it.
alter table charge_attempts add column sent_at timestamptz default dc_now() not null;
--> statement-breakpoint
create index charge_attempts_unresolved_method_idx on charge_attempts (payment_method_id) where ended_at is null;
--> statement-breakpoint

-- Whether a charge of this amount, due then, is more than its consent allows. Charges that ended unpaid do not count.
-- The month is the calendar's, in UTC.
create function exceeds_consent(p_consent text, p_amount_minor bigint, p_currency text, p_due_at timestamptz)
returns boolean language sql stable as $$
  select coalesce(n.until <= p_due_at, false)
    or coalesce(n.max_charges <= (
         select count(*) from charges c
         where c.consent_id = n.id and c.state not in ('failed', 'canceled')), false)
    or coalesce(n.max_amount_currency <> p_currency, false)
    or coalesce(n.max_amount_minor < p_amount_minor + case when n.max_amount_per = 'month' then (
         select coalesce(sum(c.amount_minor), 0) from charges c
         where c.consent_id = n.id and c.state not in ('failed', 'canceled')
           and date_trunc('month', coalesce(c.scheduled_for, c.created_at), 'UTC') = date_trunc('month', p_due_at, 'UTC'))
         else 0 end, false)
  from consents n where n.id = p_consent
$$;
--> statement-breakpoint

-- What a charge that is taken in now would be paid with: the named method, or else the customer's default of this
-- moment, with the consent that it rests on. Both and the customer stay as they are until the statement that asks has
-- ended; a consent with limits is held alone, so that two charges are not both its last. No answer for an unknown
-- customer; nulls without a method.
create function payable_now(
  p_customer text, p_method text, p_amount_minor bigint, p_currency text, p_due_at timestamptz
) returns table (is_stopped boolean, id text, customer_id text, state text, usage text, consent_id text,
                 one_time_id text, is_consented boolean, is_exceeded boolean)
language plpgsql rows 1 as $$
declare
  v_method text;
  v_consent text;
begin
  -- What was read before the locks is read again under them; changed five times in between is a busy customer.
  for v_try in 1..5 loop
    v_method := coalesce(p_method, (select u.default_payment_method_id from customers u where u.id = p_customer));
    v_consent := (select m.consent_id from payment_methods m where m.id = v_method);
    perform 1 from consents n
      where n.id = v_consent and n.max_charges is null and n.max_amount_minor is null for share;
    if not found then
      perform 1 from consents n where n.id = v_consent for update;
    end if;
    perform 1 from payment_methods m where m.id = v_method for share;
    perform 1 from customers u where u.id = p_customer for share;
    exit when v_method is not distinct from
                coalesce(p_method, (select u.default_payment_method_id from customers u where u.id = p_customer))
          and v_consent is not distinct from (select m.consent_id from payment_methods m where m.id = v_method);
    if v_try = 5 then
      raise exception 'the method of % keeps changing', p_customer using errcode = '40001';
    end if;
  end loop;
  return query
    select u.stopped_at is not null, m.id, m.customer_id, m.state, m.usage, m.consent_id,
           case when n.frequency = 'one_time' then n.id end,
           coalesce(n.scope = 'off_session' and n.accepted_at is not null and n.revoked_at is null, false),
           coalesce(exceeds_consent(n.id, p_amount_minor, p_currency, greatest(p_due_at, dc_now())), false)
    from customers u
    left join payment_methods m on m.id = v_method
    left join consents n on n.id = m.consent_id
    where u.id = p_customer;
end
$$;
--> statement-breakpoint

-- A settled charge lets go of its recovery's cards (let_cards_go). Whoever settles takes those cards and their customer
-- before the charge, in the one order.
create function lock_cards(p_charges text[]) returns boolean language plpgsql as $$
begin
  perform 1 from payment_methods m where m.id in (
    select s.payment_method_id from recoveries r join setups s on s.recovery_id = r.id
    where r.charge_id = any(p_charges)) order by m.id for update;
  if found then
    perform 1 from customers u where u.id in (
      select c.customer_id from charges c where c.id = any(p_charges)) order by u.id for update;
  end if;
  return true;
end
$$;
--> statement-breakpoint

-- The machines again, whole: a method is `withdrawn` between its merchant's word and the last answer that may come.
delete from allowed_transitions;
--> statement-breakpoint
delete from states;
--> statement-breakpoint
insert into states (entity, state, status, terminal) values
  ('attempt', 'open', 'open', false),
  ('attempt', 'awaiting_customer', 'awaiting_customer', false),
  ('attempt', 'processing', 'processing', false),
  ('attempt', 'succeeded', 'succeeded', true),
  ('attempt', 'declined', 'declined', true),
  ('attempt', 'authentication_required', 'authentication_required', true),
  ('attempt', 'abandoned', 'abandoned', true),
  ('attempt', 'canceled', 'canceled', true),
  ('attempt', 'not_executed', 'not_executed', true),
  ('attempt', 'lost', 'lost', true),
  ('charge', 'queued', 'processing', false),
  ('charge', 'in_flight', 'processing', false),
  ('charge', 'unknown', 'processing', false),
  ('charge', 'pending', 'processing', false),
  ('charge', 'retry_wait', 'processing', false),
  ('charge', 'action_required', 'requires_action', false),
  ('charge', 'closing', 'processing', false),
  ('charge', 'needs_review', 'processing', false),
  ('charge', 'succeeded', 'succeeded', true),
  ('charge', 'failed', 'failed', true),
  ('charge', 'canceled', 'canceled', true),
  ('customer', 'queued', 'queued', false),
  ('customer', 'bound', 'bound', true),
  ('customer', 'needs_review', 'needs_review', false),
  ('inbox_event', 'received', 'received', false),
  ('inbox_event', 'applied', 'applied', true),
  ('inbox_event', 'ignored', 'ignored', true),
  ('inbox_event', 'parked', 'parked', false),
  ('message', 'queued', 'queued', false),
  ('message', 'sending', 'sending', false),
  ('message', 'sent', 'sent', true),
  ('message', 'suppressed', 'suppressed', true),
  ('message', 'failed', 'failed', true),
  ('payment_method', 'usable', 'usable', false),
  ('payment_method', 'unusable', 'unusable', false),
  ('payment_method', 'withdrawn', 'unusable', false),
  ('payment_method', 'detaching', 'detached', false),
  ('payment_method', 'detached', 'detached', true),
  ('payment_method', 'needs_review', 'unusable', false),
  ('recovery', 'open', 'open', false),
  ('recovery', 'completed', 'completed', true),
  ('recovery', 'expired', 'expired', true),
  ('recovery', 'revoked', 'revoked', true),
  ('setup', 'queued', 'queued', false),
  ('setup', 'awaiting_customer', 'awaiting_customer', false),
  ('setup', 'processing', 'processing', false),
  ('setup', 'closing', 'processing', false),
  ('setup', 'needs_review', 'processing', false),
  ('setup', 'succeeded', 'succeeded', true),
  ('setup', 'failed', 'failed', true),
  ('setup', 'canceled', 'canceled', true),
  ('setup', 'expired', 'expired', true);
--> statement-breakpoint
insert into allowed_transitions (entity, from_state, to_state) values
  ('attempt', 'open', 'awaiting_customer'),
  ('attempt', 'open', 'processing'),
  ('attempt', 'open', 'succeeded'),
  ('attempt', 'open', 'declined'),
  ('attempt', 'open', 'authentication_required'),
  ('attempt', 'open', 'abandoned'),
  ('attempt', 'open', 'canceled'),
  ('attempt', 'open', 'not_executed'),
  ('attempt', 'open', 'lost'),
  ('attempt', 'awaiting_customer', 'processing'),
  ('attempt', 'awaiting_customer', 'succeeded'),
  ('attempt', 'awaiting_customer', 'declined'),
  ('attempt', 'awaiting_customer', 'abandoned'),
  ('attempt', 'awaiting_customer', 'canceled'),
  ('attempt', 'processing', 'succeeded'),
  ('attempt', 'processing', 'declined'),
  ('attempt', 'processing', 'canceled'),
  ('charge', 'queued', 'in_flight'),
  ('charge', 'queued', 'action_required'),
  ('charge', 'queued', 'closing'),
  ('charge', 'queued', 'succeeded'),
  ('charge', 'queued', 'pending'),
  ('charge', 'queued', 'failed'),
  ('charge', 'queued', 'needs_review'),
  ('charge', 'in_flight', 'queued'),
  ('charge', 'in_flight', 'unknown'),
  ('charge', 'in_flight', 'pending'),
  ('charge', 'in_flight', 'retry_wait'),
  ('charge', 'in_flight', 'action_required'),
  ('charge', 'in_flight', 'closing'),
  ('charge', 'in_flight', 'succeeded'),
  ('charge', 'in_flight', 'failed'),
  ('charge', 'in_flight', 'needs_review'),
  ('charge', 'unknown', 'queued'),
  ('charge', 'unknown', 'in_flight'),
  ('charge', 'unknown', 'pending'),
  ('charge', 'unknown', 'retry_wait'),
  ('charge', 'unknown', 'action_required'),
  ('charge', 'unknown', 'closing'),
  ('charge', 'unknown', 'succeeded'),
  ('charge', 'unknown', 'failed'),
  ('charge', 'unknown', 'needs_review'),
  ('charge', 'pending', 'unknown'),
  ('charge', 'pending', 'retry_wait'),
  ('charge', 'pending', 'action_required'),
  ('charge', 'pending', 'closing'),
  ('charge', 'pending', 'succeeded'),
  ('charge', 'pending', 'failed'),
  ('charge', 'pending', 'canceled'),
  ('charge', 'pending', 'needs_review'),
  ('charge', 'retry_wait', 'in_flight'),
  ('charge', 'retry_wait', 'pending'),
  ('charge', 'retry_wait', 'action_required'),
  ('charge', 'retry_wait', 'closing'),
  ('charge', 'retry_wait', 'succeeded'),
  ('charge', 'retry_wait', 'failed'),
  ('charge', 'retry_wait', 'needs_review'),
  ('charge', 'action_required', 'in_flight'),
  ('charge', 'action_required', 'pending'),
  ('charge', 'action_required', 'closing'),
  ('charge', 'action_required', 'succeeded'),
  ('charge', 'action_required', 'failed'),
  ('charge', 'action_required', 'needs_review'),
  ('charge', 'closing', 'pending'),
  ('charge', 'closing', 'succeeded'),
  ('charge', 'closing', 'failed'),
  ('charge', 'closing', 'canceled'),
  ('charge', 'closing', 'needs_review'),
  ('charge', 'needs_review', 'queued'),
  ('charge', 'needs_review', 'unknown'),
  ('charge', 'needs_review', 'closing'),
  ('charge', 'needs_review', 'succeeded'),
  ('charge', 'needs_review', 'failed'),
  ('customer', 'queued', 'bound'),
  ('customer', 'queued', 'needs_review'),
  ('customer', 'needs_review', 'queued'),
  ('customer', 'needs_review', 'bound'),
  ('inbox_event', 'received', 'applied'),
  ('inbox_event', 'received', 'ignored'),
  ('inbox_event', 'received', 'parked'),
  ('inbox_event', 'parked', 'received'),
  ('inbox_event', 'parked', 'applied'),
  ('inbox_event', 'parked', 'ignored'),
  ('message', 'queued', 'sending'),
  ('message', 'queued', 'suppressed'),
  ('message', 'queued', 'failed'),
  ('message', 'sending', 'queued'),
  ('message', 'sending', 'sent'),
  ('message', 'sending', 'suppressed'),
  ('message', 'sending', 'failed'),
  ('payment_method', 'usable', 'unusable'),
  ('payment_method', 'usable', 'withdrawn'),
  ('payment_method', 'usable', 'detaching'),
  ('payment_method', 'usable', 'detached'),
  ('payment_method', 'unusable', 'usable'),
  ('payment_method', 'unusable', 'withdrawn'),
  ('payment_method', 'unusable', 'detaching'),
  ('payment_method', 'unusable', 'detached'),
  ('payment_method', 'withdrawn', 'detaching'),
  ('payment_method', 'withdrawn', 'detached'),
  ('payment_method', 'detaching', 'detached'),
  ('payment_method', 'detaching', 'needs_review'),
  ('payment_method', 'needs_review', 'withdrawn'),
  ('payment_method', 'needs_review', 'detaching'),
  ('payment_method', 'needs_review', 'detached'),
  ('recovery', 'open', 'completed'),
  ('recovery', 'open', 'expired'),
  ('recovery', 'open', 'revoked'),
  ('setup', 'queued', 'awaiting_customer'),
  ('setup', 'queued', 'closing'),
  ('setup', 'queued', 'failed'),
  ('setup', 'queued', 'needs_review'),
  ('setup', 'awaiting_customer', 'processing'),
  ('setup', 'awaiting_customer', 'closing'),
  ('setup', 'awaiting_customer', 'succeeded'),
  ('setup', 'awaiting_customer', 'failed'),
  ('setup', 'awaiting_customer', 'canceled'),
  ('setup', 'awaiting_customer', 'expired'),
  ('setup', 'awaiting_customer', 'needs_review'),
  ('setup', 'processing', 'awaiting_customer'),
  ('setup', 'processing', 'closing'),
  ('setup', 'processing', 'succeeded'),
  ('setup', 'processing', 'failed'),
  ('setup', 'processing', 'canceled'),
  ('setup', 'processing', 'expired'),
  ('setup', 'processing', 'needs_review'),
  ('setup', 'closing', 'succeeded'),
  ('setup', 'closing', 'failed'),
  ('setup', 'closing', 'canceled'),
  ('setup', 'closing', 'expired'),
  ('setup', 'closing', 'needs_review'),
  ('setup', 'needs_review', 'queued'),
  ('setup', 'needs_review', 'awaiting_customer'),
  ('setup', 'needs_review', 'closing'),
  ('setup', 'needs_review', 'succeeded');
