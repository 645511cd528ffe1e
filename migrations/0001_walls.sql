-- The last wall. Whatever the code does, the database refuses a transition that is not listed, an amount
-- that changes, a PaymentIntent bound twice, and history that is rewritten; and it writes the timeline and
-- the merchant's notification in the very statement that moved the row. Beside these stand the checks and unique
-- indexes of the tables. DC001 is a move or a state that no machine has, DC002 a fact that never changes, DC003 a
-- second PaymentIntent. At the end of this file stands what ends together.

-- No obligation moves where its machine has no arrow, and every move is written down. What has ended is due no more and
-- leased by nobody; only customers and methods have work to do after it.
create function guard_obligation() returns trigger language plpgsql as $$
declare
  v_entity text := tg_argv[0];
begin
  if tg_op = 'INSERT' then
    if not exists (select 1 from states s where s.entity = v_entity and s.state = new.state) then
      raise exception 'no state % for %', new.state, v_entity using errcode = 'DC001';
    end if;
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
create trigger customers_guard before insert or update on customers
  for each row execute function guard_obligation('customer');
--> statement-breakpoint
create trigger payment_methods_guard before insert or update on payment_methods
  for each row execute function guard_obligation('payment_method');
--> statement-breakpoint
create trigger setups_guard before insert or update on setups
  for each row execute function guard_obligation('setup');
--> statement-breakpoint
create trigger charges_guard before insert or update on charges
  for each row execute function guard_obligation('charge');
--> statement-breakpoint
create trigger recoveries_guard before insert or update on recoveries
  for each row execute function guard_obligation('recovery');
--> statement-breakpoint
create trigger messages_guard before insert or update on messages
  for each row execute function guard_obligation('message');
--> statement-breakpoint
create trigger inbox_events_guard before insert or update on inbox_events
  for each row execute function guard_obligation('inbox_event');
--> statement-breakpoint

-- A row's birth is written down once it is there: a trigger before the insert would write it for rows, too, that
-- `on conflict` then leaves out.
create function note_birth() returns trigger language plpgsql as $$
begin
  insert into transitions (entity, entity_id, from_state, to_state, version, cause, cause_reference)
  values (tg_argv[0], new.id, null, new.state, new.version, new.cause, new.cause_reference);
  return null;
end
$$;
--> statement-breakpoint
create trigger customers_birth after insert on customers for each row execute function note_birth('customer');
--> statement-breakpoint
create trigger payment_methods_birth after insert on payment_methods
  for each row execute function note_birth('payment_method');
--> statement-breakpoint
create trigger setups_birth after insert on setups for each row execute function note_birth('setup');
--> statement-breakpoint
create trigger charges_birth after insert on charges for each row execute function note_birth('charge');
--> statement-breakpoint
create trigger recoveries_birth after insert on recoveries for each row execute function note_birth('recovery');
--> statement-breakpoint
create trigger messages_birth after insert on messages for each row execute function note_birth('message');
--> statement-breakpoint
create trigger inbox_events_birth after insert on inbox_events
  for each row execute function note_birth('inbox_event');
--> statement-breakpoint

-- What was agreed never changes, one PaymentIntent is for ever, and what is settled stays so.
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
create trigger charges_guard_money before update on charges for each row execute function guard_charge();
--> statement-breakpoint

-- What an attempt sends never changes, so that sending it again is the same request; its moves are judged and written
-- down on the timeline of its charge.
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
create trigger charge_attempts_guard before insert or update on charge_attempts
  for each row execute function guard_attempt();
--> statement-breakpoint

-- History is added to, never rewritten, and no charge or attempt is deleted.
create function refuse_rewrite() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'DC002';
end
$$;
--> statement-breakpoint
create trigger transitions_append_only before update or delete on transitions
  for each row execute function refuse_rewrite();
--> statement-breakpoint
create trigger charges_no_delete before delete on charges for each row execute function refuse_rewrite();
--> statement-breakpoint
create trigger charge_attempts_no_delete before delete on charge_attempts
  for each row execute function refuse_rewrite();
--> statement-breakpoint

-- Owes the merchant one notification per status it can see, and wakes whoever waits for this row. A setup that a
-- recovery asked for is none of the merchant's.
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
create trigger charges_tell after update on charges for each row
  when (old.state is distinct from new.state) execute function tell_change('charge');
--> statement-breakpoint
create trigger setups_tell after update on setups for each row
  when (old.state is distinct from new.state and new.recovery_id is null) execute function tell_change('setup');
--> statement-breakpoint

-- A card that a recovery asked for serves one charge. Whatever ends the recovery ends what it had opened at Stripe, and
-- whatever settles the charge lets go of the card, in the very statement: kept as the default if it paid and its
-- customer ticked for that, detached else. Functions, because a CTE sees no card that was saved while its statement
-- waited for a lock. Locked in this order: charge, recovery, setups, methods, customer.
create function let_cards_go(p_charge text) returns void language plpgsql as $$
begin
  with card as (
    select s.payment_method_id as id, s.consent_id, s.recovery_id,
           c.state = 'succeeded' and s.consent_id is not null and exists (
             select from charge_attempts a
             where a.charge_id = c.id and a.payment_method_id = s.payment_method_id and a.state = 'succeeded') as kept
    from charges c join recoveries r on r.charge_id = c.id join setups s on s.recovery_id = r.id
    where c.id = p_charge and c.settled_at is not null and s.payment_method_id is not null
  ), kept as (
    update payment_methods m set consent_id = card.consent_id, revision = m.revision + 1
    from card where card.kept and m.id = card.id and m.state = 'usable' and m.consent_id is null
    returning m.id, m.customer_id
  ), preferred as (
    update customers u set default_payment_method_id = kept.id, revision = u.revision + 1
    from kept where u.id = kept.customer_id
  )
  update payment_methods m set state = 'detaching', due_at = dc_now(), offered_at = null, revision = m.revision + 1,
    cause = 'recovery', cause_reference = card.recovery_id
  from card where not card.kept and m.id = card.id and m.state in ('usable', 'unusable') and m.consent_id is null;
end
$$;
--> statement-breakpoint
create function end_recovery() returns trigger language plpgsql as $$
begin
  update setups s set
    state = 'closing', close_as = case new.state when 'expired' then 'expired' else 'canceled' end,
    close_requested_at = dc_now(), due_at = dc_now(), offered_at = null, revision = s.revision + 1,
    cause = 'recovery', cause_reference = new.id
  where s.recovery_id = new.id and s.state in ('queued', 'awaiting_customer', 'processing');
  perform let_cards_go(new.charge_id);
  return null;
end
$$;
--> statement-breakpoint
create function end_charge() returns trigger language plpgsql as $$
begin
  -- Whoever saves a card this moment holds the recovery's row.
  perform 1 from recoveries r where r.charge_id = new.id order by r.id for update;
  if found then
    perform let_cards_go(new.id);
  end if;
  return null;
end
$$;
--> statement-breakpoint
create trigger recoveries_end after update on recoveries for each row
  when (old.state = 'open' and new.state <> 'open') execute function end_recovery();
--> statement-breakpoint
create trigger charges_end after update on charges for each row
  when (old.settled_at is null and new.settled_at is not null) execute function end_charge();
