CREATE SEQUENCE "public"."events_written" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1;--> statement-breakpoint
CREATE TABLE "event_counter" (
	"only" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"number" bigint DEFAULT 0 NOT NULL,
	"since" timestamp with time zone DEFAULT dc_now() NOT NULL,
	CONSTRAINT "event_counter_only_check" CHECK ("event_counter"."only")
);
--> statement-breakpoint
CREATE TABLE "events" (
	"id" text PRIMARY KEY NOT NULL,
	"epoch" integer NOT NULL,
	"type" text NOT NULL,
	"object" text NOT NULL,
	"object_id" text NOT NULL,
	"version" integer NOT NULL,
	"cause" text NOT NULL,
	"cause_reference" text,
	"created_at" timestamp with time zone NOT NULL,
	"facts" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "feed" (
	"event_id" text PRIMARY KEY NOT NULL,
	"number" bigint,
	CONSTRAINT "feed_number_key" UNIQUE("number")
);
--> statement-breakpoint
ALTER TABLE "instance" ADD COLUMN "epoch" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "states" ADD COLUMN "told" text;--> statement-breakpoint
ALTER TABLE "states" ADD COLUMN "born" text;--> statement-breakpoint
CREATE INDEX "events_object_idx" ON "events" USING btree ("object_id","id");--> statement-breakpoint
CREATE INDEX "feed_unnumbered_idx" ON "feed" USING btree ("event_id") WHERE number is null;
--> statement-breakpoint
-- What merchants are told is written by the statement that makes the change, as the object then was (docs/protocol.md, 18).
-- Whoever counts gives it its number once it has committed: a reader that goes on from a number misses nothing, whichever
-- order transactions commit in.
insert into event_counter default values;
--> statement-breakpoint
-- An event's id: its number in the order of writing, so that the ids of one object are in the order of its changes, and ten
-- characters that no other has, not even one of the same number that was lost with its row.
create function new_event_id() returns text language sql volatile as $$
  select 'dce_' || translate(
    lpad(to_hex(nextval('events_written')), 14, '0') || right(replace(gen_random_uuid()::text, '-', ''), 10),
    '0123456789abcdef', '234567abcdefghij')
$$;
--> statement-breakpoint

-- A charge as the API shows it: its row, without what only workers need, its attempts, and its newest recovery.
create function charge_facts(c charges, p_charging boolean, p_now timestamptz) returns jsonb language sql stable as $$
  select to_jsonb(shown) from (
    select c.id, c.state, c.version, c.due_at, c.created_at, c.customer_id, c.payment_method_id, c.consent_id,
      c.follows_customer, c.amount_minor, c.currency, c.livemode, c.description, c.reference, c.again_of, c.scheduled_for,
      c.metadata, c.terms, c.document, c.warnings, c.stripe_payment_intent_id, c.close_requested_at,
      c.amount_received_minor, c.paid_with, c.detail, c.last_error, c.settled_at,
      c.state = 'queued' and coalesce(c.scheduled_for > p_now, false) as is_scheduled,
      p_charging as charging_enabled,
      (select coalesce(jsonb_agg(jsonb_build_object(
         'number', a.number, 'kind', a.kind, 'state', a.state, 'payment_method_id', a.payment_method_id,
         'consent_id', a.consent_id, 'code', a.code, 'decline_code', a.decline_code, 'advice_code', a.advice_code,
         'started_at', a.started_at, 'ended_at', a.ended_at) order by a.number), '[]')
       from charge_attempts a where a.charge_id = c.id) as attempts,
      (select jsonb_build_object(
         'id', r.id, 'kind', r.kind, 'state', r.state, 'expires_at', r.expires_at,
         'messages_sent', (select count(*) from messages m where m.recovery_id = r.id and is_mailed(m)),
         'undeliverable', r.bounced_at is not null)
       from recoveries r where r.charge_id = c.id order by r.opened_at desc, r.id desc limit 1) as recovery) shown
$$;
--> statement-breakpoint

-- What was written has no place in the feed yet.
create function await_place() returns trigger language plpgsql as $$
begin
  insert into feed (event_id) select n.id from new_rows n;
  return null;
end
$$;
--> statement-breakpoint
create trigger events_await_place after insert on events referencing new table as new_rows
  for each statement execute function await_place();
--> statement-breakpoint

-- Tells of charges: one event for each type and id, in the order given.
create function tell_charges(p_types text[], p_ids text[], p_causes text[], p_references text[]) returns void
language plpgsql set enable_seqscan = off as $$
declare
  v_now constant timestamptz := dc_now();
begin
  insert into events (id, epoch, type, object, object_id, version, cause, cause_reference, created_at, facts)
  select new_event_id(), i.epoch, t.type, 'charge', c.id, c.version, t.cause, t.cause_reference, v_now,
         charge_facts(c, i.charging_enabled, v_now)
  from unnest(p_types, p_ids, p_causes, p_references) with ordinality as t (type, id, cause, cause_reference, place)
  join charges c on c.id = t.id
  cross join instance i
  order by t.place;
end
$$;
--> statement-breakpoint

-- Tells of one object of any other kind.
create function tell(p_type text, p_object text, p_id text, p_version int, p_cause text, p_reference text, p_facts jsonb)
returns void language sql as $$
  insert into events (id, epoch, type, object, object_id, version, cause, cause_reference, created_at, facts)
  select new_event_id(), i.epoch, p_type, p_object, p_id, p_version, p_cause, p_reference, dc_now(), p_facts from instance i
$$;
--> statement-breakpoint

-- The row of an obligation, without what only workers need.
create function shown_row(p_row jsonb) returns jsonb language sql immutable as $$
  select p_row - array['revision', 'due_at', 'offer_number', 'offered_at', 'claim_token', 'lease_number', 'lease_until',
                       'tries', 'cause', 'cause_reference']
$$;
--> statement-breakpoint
create function customer_facts(u customers) returns jsonb language sql stable as $$
  select shown_row(to_jsonb(u)) - array['told', 'telling', 'waking', 'waking_charge_id', 'reference_hash', 'listed_at',
                                        'create_number', 'create_opened_at', 'update_number']
$$;
--> statement-breakpoint
create function setup_facts(s setups) returns jsonb language sql stable as $$
  select jsonb_build_object('setup', shown_row(to_jsonb(s)) - 'request_hash', 'consent', to_jsonb(n))
  from consents n where n.id = s.consent_id
$$;
--> statement-breakpoint
create function method_facts(m payment_methods) returns jsonb language sql stable as $$
  select jsonb_build_object(
    'method', shown_row(to_jsonb(m)) - array['fingerprint_hash', 'card_id'],
    'consent', (select to_jsonb(n) from consents n where n.id = m.consent_id),
    'is_default', coalesce((select u.default_payment_method_id = m.id from customers u where u.id = m.customer_id), false),
    'closed', (select jsonb_build_object('reason', v.reason, 'at', v.at) from verdict_on(m) v))
$$;
--> statement-breakpoint

-- Tells of moves: of attempts, recoveries and mails by the charge that they are for; of a setup that a recovery asked for,
-- which is none of the merchant's, nothing. An attempt goes by its charge's id.
create function tell_moves(p_entity text, p_types text[], p_ids text[], p_causes text[], p_references text[]) returns void
language plpgsql as $$
begin
  case p_entity
    when 'charge', 'attempt' then
      perform tell_charges(p_types, p_ids, p_causes, p_references);
    when 'recovery' then
      perform tell_charges(
        array_agg(t.type order by t.place), array_agg(r.charge_id order by t.place), array_agg(t.cause order by t.place),
        array_agg(r.id order by t.place))
      from unnest(p_types, p_ids, p_causes) with ordinality as t (type, id, cause, place) join recoveries r on r.id = t.id;
    when 'message' then
      perform tell_charges(
        array_agg(t.type order by t.place), array_agg(r.charge_id order by t.place), array_agg(t.cause order by t.place),
        array_agg(g.id order by t.place))
      from unnest(p_types, p_ids, p_causes) with ordinality as t (type, id, cause, place)
      join messages g on g.id = t.id or g.served_by = t.id
      join recoveries r on r.id = g.recovery_id;
    when 'setup' then
      perform tell(t.type, 'setup', s.id, s.version, t.cause, t.reference, setup_facts(s))
      from unnest(p_types, p_ids, p_causes, p_references) as t (type, id, cause, reference)
      join setups s on s.id = t.id where s.recovery_id is null;
    when 'customer' then
      perform tell(t.type, 'customer', u.id, u.version, t.cause, t.reference, customer_facts(u))
      from unnest(p_types, p_ids, p_causes, p_references) as t (type, id, cause, reference) join customers u on u.id = t.id;
    when 'payment_method' then
      perform tell(t.type, 'payment_method', m.id, m.version, t.cause, t.reference, method_facts(m))
      from unnest(p_types, p_ids, p_causes, p_references) as t (type, id, cause, reference)
      join payment_methods m on m.id = t.id;
  end case;
end
$$;
--> statement-breakpoint

-- Writes down the moves of one statement, for the timeline of its machine, tells merchants what `states` says that they are
-- told, and wakes whoever waits for one of the rows. By statement, because a hundred rows settle in one.
create function note_moves() returns trigger language plpgsql as $$
declare
  v_entity constant text := tg_argv[0];
  v_now constant timestamptz := dc_now();
  v_moved text[];
  v_types text[];
  v_ids text[];
  v_causes text[];
  v_references text[];
begin
  if tg_op = 'INSERT' then
    insert into transitions (entity, entity_id, from_state, to_state, version, cause, cause_reference, at)
    select v_entity, n.id, null, n.state, n.version, n.cause, n.cause_reference, v_now from new_rows n;
    select array_agg(s.born), array_agg(n.id), array_agg(n.cause), array_agg(n.cause_reference)
      into v_types, v_ids, v_causes, v_references
    from new_rows n join states s on s.entity = v_entity and s.state = n.state where s.born is not null;
  else
    with moved as materialized (
      select n.id, o.state as was, n.state, n.version, n.cause, n.cause_reference
      from new_rows n join old_rows o on o.id = n.id where o.state <> n.state
    ), noted as (
      insert into transitions (entity, entity_id, from_state, to_state, version, cause, cause_reference, at)
      select v_entity, m.id, m.was, m.state, m.version, m.cause, m.cause_reference, v_now from moved m
    )
    select array_agg(m.id), array_agg(s.told) filter (where s.told <> coalesce(b.told, '')),
           array_agg(m.id) filter (where s.told <> coalesce(b.told, '')),
           array_agg(m.cause) filter (where s.told <> coalesce(b.told, '')),
           array_agg(m.cause_reference) filter (where s.told <> coalesce(b.told, ''))
      into v_moved, v_types, v_ids, v_causes, v_references
    from moved m
    join states s on s.entity = v_entity and s.state = m.state
    join states b on b.entity = v_entity and b.state = m.was;
    if v_entity in ('charge', 'setup') then
      perform pg_notify('dc_changed', m.id) from unnest(v_moved) as m (id);
    end if;
  end if;
  if v_types is not null then
    perform tell_moves(v_entity, v_types, v_ids, v_causes, v_references);
  end if;
  return null;
end
$$;
--> statement-breakpoint

-- The same of attempts, which go by their charge and number.
create function note_attempts() returns trigger language plpgsql as $$
declare
  v_now constant timestamptz := dc_now();
  v_types text[];
  v_ids text[];
  v_causes text[];
  v_references text[];
begin
  if tg_op = 'INSERT' then
    insert into transitions (entity, entity_id, from_state, to_state, version, cause, cause_reference, at)
    select 'attempt', n.charge_id, null, n.state, n.number, coalesce(n.resolved_by, 'claim'), n.idempotency_key, v_now
    from new_rows n;
    return null;
  end if;
  with moved as materialized (
    select n.charge_id, o.state as was, n.state, n.number, coalesce(n.resolved_by, 'claim') as cause, n.idempotency_key
    from new_rows n join old_rows o on o.charge_id = n.charge_id and o.number = n.number where o.state <> n.state
  ), noted as (
    insert into transitions (entity, entity_id, from_state, to_state, version, cause, cause_reference, at)
    select 'attempt', m.charge_id, m.was, m.state, m.number, m.cause, m.idempotency_key, v_now from moved m
  )
  select array_agg(s.told), array_agg(m.charge_id), array_agg(m.cause), array_agg(m.idempotency_key)
    into v_types, v_ids, v_causes, v_references
  from moved m join states s on s.entity = 'attempt' and s.state = m.state where s.told is not null;
  if v_types is not null then
    perform tell_charges(v_types, v_ids, v_causes, v_references);
  end if;
  return null;
end
$$;
--> statement-breakpoint

-- The walls go on judging each row, and no longer write.
create or replace function guard_obligation() returns trigger language plpgsql as $$
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
  elsif new.version <> old.version then
    raise exception 'the version of % moves with its state only', v_entity using errcode = 'DC002';
  end if;
  return new;
end
$$;
--> statement-breakpoint
create or replace function guard_attempt() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' then
    if new.request_body <> old.request_body or new.idempotency_key <> old.idempotency_key
       or new.stripe_payment_intent_id <> old.stripe_payment_intent_id
       or new.api_version <> old.api_version or new.payment_method_id <> old.payment_method_id then
      raise exception 'what an attempt sends never changes' using errcode = 'DC002';
    end if;
    if new.state <> old.state and not exists (
         select 1 from allowed_transitions a
         where a.entity = 'attempt' and a.from_state = old.state and a.to_state = new.state) then
      raise exception 'illegal attempt transition % -> %', old.state, new.state using errcode = 'DC001';
    end if;
  end if;
  return new;
end
$$;
--> statement-breakpoint
drop trigger customers_birth on customers;
--> statement-breakpoint
create trigger customers_birth after insert on customers referencing new table as new_rows
  for each statement execute function note_moves('customer');
--> statement-breakpoint
create trigger customers_moves after update on customers referencing old table as old_rows new table as new_rows
  for each statement execute function note_moves('customer');
--> statement-breakpoint
drop trigger payment_methods_birth on payment_methods;
--> statement-breakpoint
create trigger payment_methods_birth after insert on payment_methods referencing new table as new_rows
  for each statement execute function note_moves('payment_method');
--> statement-breakpoint
create trigger payment_methods_moves after update on payment_methods referencing old table as old_rows new table as new_rows
  for each statement execute function note_moves('payment_method');
--> statement-breakpoint
drop trigger setups_birth on setups;
--> statement-breakpoint
create trigger setups_birth after insert on setups referencing new table as new_rows
  for each statement execute function note_moves('setup');
--> statement-breakpoint
create trigger setups_moves after update on setups referencing old table as old_rows new table as new_rows
  for each statement execute function note_moves('setup');
--> statement-breakpoint
drop trigger charges_birth on charges;
--> statement-breakpoint
create trigger charges_birth after insert on charges referencing new table as new_rows
  for each statement execute function note_moves('charge');
--> statement-breakpoint
create trigger charges_moves after update on charges referencing old table as old_rows new table as new_rows
  for each statement execute function note_moves('charge');
--> statement-breakpoint
drop trigger recoveries_birth on recoveries;
--> statement-breakpoint
create trigger recoveries_birth after insert on recoveries referencing new table as new_rows
  for each statement execute function note_moves('recovery');
--> statement-breakpoint
create trigger recoveries_moves after update on recoveries referencing old table as old_rows new table as new_rows
  for each statement execute function note_moves('recovery');
--> statement-breakpoint
drop trigger messages_birth on messages;
--> statement-breakpoint
create trigger messages_birth after insert on messages referencing new table as new_rows
  for each statement execute function note_moves('message');
--> statement-breakpoint
create trigger messages_moves after update on messages referencing old table as old_rows new table as new_rows
  for each statement execute function note_moves('message');
--> statement-breakpoint
drop trigger inbox_events_birth on inbox_events;
--> statement-breakpoint
create trigger inbox_events_birth after insert on inbox_events referencing new table as new_rows
  for each statement execute function note_moves('inbox_event');
--> statement-breakpoint
create trigger inbox_events_moves after update on inbox_events referencing old table as old_rows new table as new_rows
  for each statement execute function note_moves('inbox_event');
--> statement-breakpoint
create trigger charge_attempts_birth after insert on charge_attempts referencing new table as new_rows
  for each statement execute function note_attempts();
--> statement-breakpoint
create trigger charge_attempts_moves after update on charge_attempts referencing old table as old_rows new table as new_rows
  for each statement execute function note_attempts();
--> statement-breakpoint
drop trigger charges_tell on charges;
--> statement-breakpoint
drop trigger setups_tell on setups;
--> statement-breakpoint
drop function tell_change();
--> statement-breakpoint
drop function note_birth();
--> statement-breakpoint
-- What merchants are told besides moves.
create function tell_customer_changed() returns trigger language plpgsql as $$
begin
  perform tell('customer.updated', 'customer', new.id, new.version, new.cause, new.cause_reference, customer_facts(new));
  return null;
end
$$;
--> statement-breakpoint
create trigger customers_tell after update on customers for each row
  when (new.forgotten_at is null
        and (old.email, old.name, old.locale, old.time_zone, old.metadata, old.stripe_customer_id,
             old.default_payment_method_id, old.stopped_at, old.detail)
            is distinct from (new.email, new.name, new.locale, new.time_zone, new.metadata, new.stripe_customer_id,
                              new.default_payment_method_id, new.stopped_at, new.detail))
  execute function tell_customer_changed();
--> statement-breakpoint
create function tell_method_changed() returns trigger language plpgsql as $$
begin
  perform tell('payment_method.updated', 'payment_method', new.id, new.version, new.cause, new.cause_reference,
               method_facts(new));
  return null;
end
$$;
--> statement-breakpoint
create trigger payment_methods_tell after update on payment_methods for each row
  when (new.state in ('usable', 'unusable', 'withdrawn')
        and (old.state, old.consent_id, old.card_brand, old.card_last4, old.card_exp_month, old.card_exp_year, old.mandate_id,
             old.detail)
            is distinct from (new.state, new.consent_id, new.card_brand, new.card_last4, new.card_exp_month,
                              new.card_exp_year, new.mandate_id, new.detail))
  execute function tell_method_changed();
--> statement-breakpoint
create function tell_consent_revoked() returns trigger language plpgsql as $$
begin
  perform tell('consent.revoked', 'consent', new.id, 2, 'api', null, to_jsonb(new));
  return null;
end
$$;
--> statement-breakpoint
create trigger consents_tell after update on consents for each row
  when (old.revoked_at is null and new.revoked_at is not null) execute function tell_consent_revoked();
--> statement-breakpoint
create function tell_recovery() returns trigger language plpgsql as $$
begin
  perform tell_charges(array[tg_argv[0]], array[new.charge_id], array[tg_argv[1]], array[new.id]);
  return null;
end
$$;
--> statement-breakpoint
create trigger recoveries_tell_visit after update on recoveries for each row
  when (old.visited_at is null and new.visited_at is not null)
  execute function tell_recovery('recovery.visited', 'customer');
--> statement-breakpoint
create trigger recoveries_tell_bounce after update on recoveries for each row
  when (old.bounced_at is null and new.bounced_at is not null)
  execute function tell_recovery('recovery.undeliverable', 'worker');
--> statement-breakpoint

-- Gives up to `p_rows` events their places, in the order of writing as far as they have committed. The counter is held until
-- that is committed, so that no reader ever sees a later place before an earlier one; whoever finds it held leaves.
create function number_events(p_rows int) returns table (first bigint, last bigint) language plpgsql as $$
declare
  v_number bigint;
begin
  select c.number into v_number from event_counter c for update skip locked;
  if not found then
    return;
  end if;
  -- A statement of its own: it sees what was committed before the counter was free.
  with due as (
    select f.event_id, row_number() over (order by f.event_id) as place
    from (select event_id from feed where number is null order by event_id limit p_rows) f
  ), numbered as (
    update feed f set number = v_number + d.place from due d where f.event_id = d.event_id and f.number is null
    returning f.number
  )
  select min(n.number), max(n.number) into first, last from numbered n;
  if last is not null then
    update event_counter set number = last;
    return next;
  end if;
end
$$;
--> statement-breakpoint

-- An event never changes, nor its place once it has one, and none goes but by the one hand that takes what is old, or what is
-- of a person.
create function guard_event() returns trigger language plpgsql as $$
begin
  if current_setting('duecourse.forgetting', true) = 'on'
     and current_user = (select pg_get_userbyid(t.relowner) from pg_class t where t.oid = tg_relid) then
    return case tg_op when 'DELETE' then old else new end;
  end if;
  raise exception '% is append-only', tg_table_name using errcode = 'DC002';
end
$$;
--> statement-breakpoint
create trigger events_no_delete before delete on events for each row execute function guard_event();
--> statement-breakpoint
create trigger events_no_rewrite before update on events for each row execute function guard_event();
--> statement-breakpoint
create trigger feed_no_delete before delete on feed for each row execute function guard_event();
--> statement-breakpoint
create trigger feed_no_rewrite before update on feed for each row
  when (old.number is not null or old.event_id <> new.event_id) execute function guard_event();
--> statement-breakpoint
-- What was told of somebody is forgotten with them: at once what is of their person, and the evidence on its day. By whoever
-- forgets the rows, in the same statement.
create function forget_facts(p_customer text, p_evidence boolean) returns void
language plpgsql security definer set search_path = public, pg_temp set duecourse.forgetting = 'on' as $$
declare
  v_ids constant text[] := array(
    select p_customer
    union all select n.id from consents n where n.customer_id = p_customer
    union all select m.id from payment_methods m where m.customer_id = p_customer
    union all select s.id from setups s where s.customer_id = p_customer
    union all select c.id from charges c where c.customer_id = p_customer and p_evidence);
begin
  update events e set facts = case e.object
      when 'customer' then e.facts - array['email', 'name', 'locale', 'time_zone', 'metadata', 'reference']
      when 'consent' then e.facts - array['ip_address', 'user_agent']
      else e.facts #- '{consent,ip_address}' #- '{consent,user_agent}' #- '{setup,accepted_ip_address}'
                   #- '{setup,accepted_user_agent}' end
    where e.object_id = any(v_ids) and e.object <> 'charge';
  if p_evidence then
    update events e set facts = case e.object
        when 'charge' then e.facts - array['description', 'reference', 'metadata', 'document']
        when 'consent' then e.facts - array['text', 'text_version', 'amount_basis']
        else e.facts #- '{consent,text}' #- '{consent,text_version}' #- '{consent,amount_basis}' #- '{setup,metadata}'
                     #- '{setup,return_url}' #- '{setup,mandate_id}' #- '{method,card_brand}' #- '{method,card_last4}'
                     #- '{method,card_exp_month}' #- '{method,card_exp_year}' #- '{method,mandate_id}' end
      where e.object_id = any(v_ids);
  end if;
end
$$;
--> statement-breakpoint
create function forget_told() returns trigger language plpgsql as $$
begin
  perform forget_facts(new.id, new.erased_at is not null);
  return null;
end
$$;
--> statement-breakpoint
create trigger customers_forget_told after update on customers for each row
  when (old.forgotten_at is null and new.forgotten_at is not null or old.erased_at is null and new.erased_at is not null
        or old.state <> new.state and new.state = 'erased')
  execute function forget_told();
--> statement-breakpoint

-- What was told of a charge or a setup goes with its history.
create function forget_what_was_told() returns trigger language plpgsql as $$
begin
  with taken as (
    delete from events e where e.object_id in (select g.entity_id from gone g where g.entity in ('charge', 'setup'))
    returning e.id
  )
  delete from feed f using taken t where f.event_id = t.id;
  return null;
end
$$;
--> statement-breakpoint
create trigger transitions_forget_told after delete on transitions referencing old table as gone
  for each statement execute function forget_what_was_told();
--> statement-breakpoint

-- A loss makes every cursor of the feed from before worthless: what it would go on from may have been told otherwise. Not so a
-- database that changed with all that was written to it.
create function begin_epoch() returns trigger language plpgsql as $$
begin
  if new.lost_cause <> 'database_changed' or new.lost_stopped_at is distinct from old.lost_stopped_at then
    new.epoch := old.epoch + 1;
  end if;
  return new;
end
$$;
--> statement-breakpoint
create trigger instance_epoch before update on instance for each row
  when (new.lost_at is distinct from old.lost_at) execute function begin_epoch();
--> statement-breakpoint

-- The machines anew: what merchants are told of their moves.
delete from allowed_transitions;
--> statement-breakpoint
delete from states;
--> statement-breakpoint
insert into states (entity, state, status, terminal, told, born) values
  ('attempt', 'open', 'open', false, null, null),
  ('attempt', 'awaiting_customer', 'awaiting_customer', false, null, null),
  ('attempt', 'processing', 'processing', false, null, null),
  ('attempt', 'succeeded', 'succeeded', true, null, null),
  ('attempt', 'declined', 'declined', true, 'charge.attempt_failed', null),
  ('attempt', 'authentication_required', 'authentication_required', true, 'charge.attempt_failed', null),
  ('attempt', 'abandoned', 'abandoned', true, null, null),
  ('attempt', 'canceled', 'canceled', true, null, null),
  ('attempt', 'not_executed', 'not_executed', true, null, null),
  ('attempt', 'lost', 'lost', true, null, null),
  ('charge', 'queued', 'processing', false, null, 'charge.created'),
  ('charge', 'in_flight', 'processing', false, null, 'charge.created'),
  ('charge', 'unknown', 'processing', false, null, 'charge.created'),
  ('charge', 'pending', 'processing', false, null, 'charge.created'),
  ('charge', 'retry_wait', 'processing', false, null, 'charge.created'),
  ('charge', 'action_required', 'requires_action', false, 'charge.requires_action', 'charge.created'),
  ('charge', 'closing', 'processing', false, null, 'charge.created'),
  ('charge', 'needs_review', 'processing', false, 'charge.under_review', 'charge.created'),
  ('charge', 'succeeded', 'succeeded', true, 'charge.succeeded', 'charge.created'),
  ('charge', 'failed', 'failed', true, 'charge.failed', 'charge.created'),
  ('charge', 'canceled', 'canceled', true, 'charge.canceled', 'charge.created'),
  ('customer', 'queued', 'queued', false, null, 'customer.created'),
  ('customer', 'bound', 'bound', false, null, 'customer.created'),
  ('customer', 'needs_review', 'needs_review', false, null, 'customer.created'),
  ('customer', 'erasing', 'erasing', false, 'customer.erased', 'customer.created'),
  ('customer', 'erased', 'erased', true, 'customer.erased', 'customer.created'),
  ('inbox_event', 'received', 'received', false, null, null),
  ('inbox_event', 'applied', 'applied', true, null, null),
  ('inbox_event', 'ignored', 'ignored', false, null, null),
  ('inbox_event', 'parked', 'parked', false, null, null),
  ('message', 'queued', 'queued', false, null, null),
  ('message', 'sending', 'sending', false, null, null),
  ('message', 'sent', 'sent', true, 'recovery.mailed', null),
  ('message', 'merged', 'merged', true, null, null),
  ('message', 'suppressed', 'suppressed', true, null, null),
  ('message', 'failed', 'failed', true, null, null),
  ('payment_method', 'usable', 'usable', false, null, 'payment_method.attached'),
  ('payment_method', 'unusable', 'unusable', false, null, 'payment_method.attached'),
  ('payment_method', 'withdrawn', 'unusable', false, null, 'payment_method.attached'),
  ('payment_method', 'detaching', 'detached', false, 'payment_method.detached', 'payment_method.attached'),
  ('payment_method', 'detached', 'detached', true, 'payment_method.detached', 'payment_method.attached'),
  ('payment_method', 'needs_review', 'unusable', false, null, 'payment_method.attached'),
  ('recovery', 'open', 'open', false, null, 'recovery.opened'),
  ('recovery', 'completed', 'completed', true, 'recovery.succeeded', 'recovery.opened'),
  ('recovery', 'expired', 'expired', true, 'recovery.expired', 'recovery.opened'),
  ('recovery', 'revoked', 'revoked', true, null, 'recovery.opened'),
  ('setup', 'queued', 'queued', false, null, 'setup.created'),
  ('setup', 'awaiting_customer', 'awaiting_customer', false, 'setup.awaiting_customer', 'setup.created'),
  ('setup', 'processing', 'processing', false, 'setup.processing', 'setup.created'),
  ('setup', 'closing', 'processing', false, 'setup.processing', 'setup.created'),
  ('setup', 'needs_review', 'processing', false, 'setup.processing', 'setup.created'),
  ('setup', 'succeeded', 'succeeded', true, 'setup.succeeded', 'setup.created'),
  ('setup', 'failed', 'failed', true, 'setup.failed', 'setup.created'),
  ('setup', 'canceled', 'canceled', true, 'setup.canceled', 'setup.created'),
  ('setup', 'expired', 'expired', true, 'setup.expired', 'setup.created');
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
  ('customer', 'queued', 'erasing'),
  ('customer', 'bound', 'erasing'),
  ('customer', 'needs_review', 'queued'),
  ('customer', 'needs_review', 'bound'),
  ('customer', 'needs_review', 'erasing'),
  ('customer', 'erasing', 'erased'),
  ('customer', 'erasing', 'needs_review'),
  ('inbox_event', 'received', 'applied'),
  ('inbox_event', 'received', 'ignored'),
  ('inbox_event', 'received', 'parked'),
  ('inbox_event', 'parked', 'received'),
  ('inbox_event', 'parked', 'applied'),
  ('inbox_event', 'parked', 'ignored'),
  ('inbox_event', 'ignored', 'received'),
  ('message', 'queued', 'sending'),
  ('message', 'queued', 'merged'),
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
