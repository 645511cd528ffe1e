-- The last wall. Whatever the code does, the database refuses a transition that is not listed, an amount
-- that changes, a PaymentIntent bound twice, and history that is rewritten; and it writes the timeline and
-- the merchant's notification in the very statement that moved the row.
insert into instance (instance_id, derive_key)
values ('ins_' || replace(gen_random_uuid()::text, '-', ''),
        decode(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex'));
--> statement-breakpoint
create function guard_obligation() returns trigger language plpgsql as $$
declare
  v_entity text := tg_argv[0];
begin
  if tg_op = 'INSERT' then
    if not exists (select 1 from states s where s.entity = v_entity and s.state = new.state) then
      raise exception 'no state % for %', new.state, v_entity using errcode = 'DC001';
    end if;
    insert into transitions (entity, entity_id, from_state, to_state, version, cause, cause_reference)
    values (v_entity, new.id, null, new.state, new.version, new.cause, new.cause_reference);
    return new;
  end if;
  if new.state <> old.state then
    if not exists (select 1 from allowed_transitions a
                   where a.entity = v_entity and a.from_state = old.state and a.to_state = new.state) then
      raise exception 'illegal % transition % -> %', v_entity, old.state, new.state using errcode = 'DC001';
    end if;
    new.version := old.version + 1;
    if exists (select 1 from states s where s.entity = v_entity and s.state = new.state and s.terminal)
       and v_entity not in ('customer', 'payment_method') then
      new.due_at := null;
      new.claim_token := null;
      new.lease_until := null;
    end if;
    insert into transitions (entity, entity_id, from_state, to_state, version, cause, cause_reference)
    values (v_entity, new.id, old.state, new.state, new.version, new.cause, new.cause_reference);
  elsif new.version <> old.version then
    raise exception 'the version of % moves with its state only', v_entity using errcode = 'DC002';
  end if;
  return new;
end
$$;
--> statement-breakpoint
create function guard_charge() returns trigger language plpgsql as $$
begin
  if new.amount_minor <> old.amount_minor or new.currency <> old.currency
     or new.customer_id <> old.customer_id or new.livemode <> old.livemode then
    raise exception 'amount, currency, customer and mode of a charge never change' using errcode = 'DC002';
  end if;
  if old.stripe_payment_intent_id is not null
     and new.stripe_payment_intent_id is distinct from old.stripe_payment_intent_id then
    raise exception 'a PaymentIntent is already bound' using errcode = 'DC003';
  end if;
  if old.close_requested_at is not null and new.close_requested_at is null and old.state <> 'needs_review' then
    raise exception 'a close request is never taken back' using errcode = 'DC002';
  end if;
  if old.state in ('succeeded', 'failed', 'canceled')
     and (new.amount_received_minor is distinct from old.amount_received_minor
          or new.settled_at is distinct from old.settled_at) then
    raise exception 'a settled charge never changes' using errcode = 'DC002';
  end if;
  return new;
end
$$;
--> statement-breakpoint
create function guard_attempt() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' then
    if new.request_body <> old.request_body or new.idempotency_key <> old.idempotency_key
       or new.stripe_payment_intent_id <> old.stripe_payment_intent_id
       or new.api_version <> old.api_version or new.payment_method_id <> old.payment_method_id then
      raise exception 'what an attempt sends never changes' using errcode = 'DC002';
    end if;
    if new.state = old.state then
      return new;
    end if;
    if not exists (select 1 from allowed_transitions a
                   where a.entity = 'attempt' and a.from_state = old.state and a.to_state = new.state) then
      raise exception 'illegal attempt transition % -> %', old.state, new.state using errcode = 'DC001';
    end if;
  end if;
  insert into transitions (entity, entity_id, from_state, to_state, version, cause, cause_reference)
  values ('attempt', new.charge_id, case when tg_op = 'UPDATE' then old.state end, new.state, new.number,
          coalesce(new.resolved_by, 'claim'), new.idempotency_key);
  return new;
end
$$;
--> statement-breakpoint
create function refuse_rewrite() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'DC002';
end
$$;
--> statement-breakpoint
-- Owes the merchant one notification per status it can see, and wakes whoever waits for this row.
create function tell_change() returns trigger language plpgsql as $$
declare
  v_entity text := tg_argv[0];
  v_before text;
  v_after text;
begin
  if new.state = old.state then
    return null;
  end if;
  perform pg_notify('dc_changed', new.id);
  select s.status into v_before from states s where s.entity = v_entity and s.state = old.state;
  select s.status into v_after from states s where s.entity = v_entity and s.state = new.state;
  if v_before = v_after then
    return null;
  end if;
  insert into deliveries (entity, entity_id, version, type, payload)
  values (v_entity, new.id, new.version, v_entity || '.' || v_after,
          jsonb_build_object('id', new.id, 'object', v_entity, 'status', v_after, 'detail', new.detail,
                             'version', new.version, 'metadata', new.metadata, 'at', dc_now())
          || case when v_entity = 'charge' then
               jsonb_build_object('amount', (to_jsonb(new) ->> 'amount_minor')::bigint,
                                  'currency', to_jsonb(new) ->> 'currency',
                                  'reference', to_jsonb(new) ->> 'reference',
                                  'customer', new.customer_id)
             else jsonb_build_object('customer', new.customer_id,
                                     'payment_method', to_jsonb(new) ->> 'payment_method_id') end);
  return null;
end
$$;
--> statement-breakpoint
create trigger charges_guard before insert or update on charges
  for each row execute function guard_obligation('charge');
--> statement-breakpoint
create trigger charges_guard_money before update on charges for each row execute function guard_charge();
--> statement-breakpoint
create trigger charges_tell after update on charges for each row
  when (old.state is distinct from new.state) execute function tell_change('charge');
--> statement-breakpoint
create trigger charge_attempts_guard before insert or update on charge_attempts
  for each row execute function guard_attempt();
--> statement-breakpoint
create trigger setups_guard before insert or update on setups
  for each row execute function guard_obligation('setup');
--> statement-breakpoint
create trigger setups_tell after update on setups for each row
  when (old.state is distinct from new.state) execute function tell_change('setup');
--> statement-breakpoint
create trigger customers_guard before insert or update on customers
  for each row execute function guard_obligation('customer');
--> statement-breakpoint
create trigger payment_methods_guard before insert or update on payment_methods
  for each row execute function guard_obligation('payment_method');
--> statement-breakpoint
create trigger recoveries_guard before insert or update on recoveries
  for each row execute function guard_obligation('recovery');
--> statement-breakpoint
create trigger replacements_guard before insert or update on replacements
  for each row execute function guard_obligation('replacement');
--> statement-breakpoint
create trigger messages_guard before insert or update on messages
  for each row execute function guard_obligation('message');
--> statement-breakpoint
create trigger inbox_events_guard before insert or update on inbox_events
  for each row execute function guard_obligation('inbox_event');
--> statement-breakpoint
create trigger transitions_append_only before update or delete on transitions
  for each row execute function refuse_rewrite();
--> statement-breakpoint
create trigger charges_no_delete before delete on charges for each row execute function refuse_rewrite();
--> statement-breakpoint
create trigger charge_attempts_no_delete before delete on charge_attempts
  for each row execute function refuse_rewrite();
--> statement-breakpoint
-- Takes up to p_want tokens from an endpoint's bucket and the account's, both refilled by real time; answers
-- how many were granted (0 when either is empty). One statement, so workers never overdraw together.
create function reserve_pace(p_endpoint text, p_rate int, p_global_rate int, p_want int) returns int
language plpgsql as $$
declare
  v_now timestamptz := clock_timestamp();
  v_grant int;
  v_row record;
begin
  insert into pace (endpoint, tokens, filled_at)
  values ('*', p_global_rate, v_now), (p_endpoint, p_rate, v_now)
  on conflict (endpoint) do nothing;
  v_grant := p_want;
  for v_row in select p.endpoint from pace p where p.endpoint in ('*', p_endpoint) order by p.endpoint for update loop
    -- The time after the wait for the lock: an earlier one would take back what others have refilled meanwhile.
    v_now := clock_timestamp();
    update pace p set
      tokens = least(r.rate, p.tokens + floor(extract(epoch from v_now - p.filled_at) * r.rate)::int),
      filled_at = case
        when floor(extract(epoch from v_now - p.filled_at) * r.rate) >= 1
        then greatest(p.filled_at, v_now - (extract(epoch from v_now - p.filled_at)
               - floor(extract(epoch from v_now - p.filled_at) * r.rate) / r.rate) * interval '1 second')
        else p.filled_at end
    from (select case when v_row.endpoint = '*' then p_global_rate else p_rate end as rate) r
    where p.endpoint = v_row.endpoint
    returning least(v_grant, p.tokens) into v_grant;
  end loop;
  if v_grant > 0 then
    update pace set tokens = tokens - v_grant where endpoint in ('*', p_endpoint);
  end if;
  return greatest(v_grant, 0);
end
$$;
--> statement-breakpoint
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
  ('payment_method', 'detaching', 'detached', false),
  ('payment_method', 'detached', 'detached', true),
  ('payment_method', 'needs_review', 'unusable', false),
  ('recovery', 'open', 'open', false),
  ('recovery', 'completed', 'completed', true),
  ('recovery', 'expired', 'expired', true),
  ('recovery', 'revoked', 'revoked', true),
  ('replacement', 'queued', 'queued', false),
  ('replacement', 'awaiting_customer', 'awaiting_customer', false),
  ('replacement', 'completed', 'completed', false),
  ('replacement', 'used', 'used', false),
  ('replacement', 'closing', 'closing', false),
  ('replacement', 'closed', 'closed', true),
  ('replacement', 'needs_review', 'needs_review', false),
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
  ('payment_method', 'usable', 'detaching'),
  ('payment_method', 'usable', 'detached'),
  ('payment_method', 'unusable', 'usable'),
  ('payment_method', 'unusable', 'detaching'),
  ('payment_method', 'unusable', 'detached'),
  ('payment_method', 'detaching', 'detached'),
  ('payment_method', 'detaching', 'needs_review'),
  ('payment_method', 'needs_review', 'detaching'),
  ('payment_method', 'needs_review', 'detached'),
  ('recovery', 'open', 'completed'),
  ('recovery', 'open', 'expired'),
  ('recovery', 'open', 'revoked'),
  ('replacement', 'queued', 'awaiting_customer'),
  ('replacement', 'queued', 'closing'),
  ('replacement', 'queued', 'closed'),
  ('replacement', 'queued', 'needs_review'),
  ('replacement', 'awaiting_customer', 'completed'),
  ('replacement', 'awaiting_customer', 'closing'),
  ('replacement', 'awaiting_customer', 'closed'),
  ('replacement', 'awaiting_customer', 'needs_review'),
  ('replacement', 'completed', 'used'),
  ('replacement', 'completed', 'closing'),
  ('replacement', 'completed', 'closed'),
  ('replacement', 'completed', 'needs_review'),
  ('replacement', 'used', 'closing'),
  ('replacement', 'used', 'closed'),
  ('replacement', 'used', 'needs_review'),
  ('replacement', 'closing', 'closed'),
  ('replacement', 'closing', 'needs_review'),
  ('replacement', 'needs_review', 'closing'),
  ('replacement', 'needs_review', 'closed'),
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
  ('setup', 'needs_review', 'closing'),
  ('setup', 'needs_review', 'succeeded');
