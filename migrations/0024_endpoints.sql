CREATE TABLE "delivery_attempts" (
	"delivery_id" text NOT NULL,
	"number" integer NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"duration_ms" integer NOT NULL,
	"status" integer,
	"code" text,
	"answer" text,
	CONSTRAINT "delivery_attempts_pkey" PRIMARY KEY("delivery_id","number")
);
--> statement-breakpoint
CREATE TABLE "webhook_deliveries" (
	"id" text PRIMARY KEY NOT NULL,
	"state" text NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"revision" integer DEFAULT drawn_after(0) NOT NULL,
	"due_at" timestamp with time zone,
	"offer_number" integer DEFAULT 0 NOT NULL,
	"offered_at" timestamp with time zone,
	"claim_token" uuid,
	"lease_number" integer DEFAULT 0 NOT NULL,
	"lease_until" timestamp with time zone,
	"tries" integer DEFAULT 0 NOT NULL,
	"cause" text DEFAULT 'api' NOT NULL,
	"cause_reference" text,
	"created_at" timestamp with time zone DEFAULT dc_now() NOT NULL,
	"endpoint_id" text NOT NULL,
	"event_id" text NOT NULL,
	"step" integer DEFAULT 0 NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"delivered_at" timestamp with time zone,
	"detail" text,
	CONSTRAINT "webhook_deliveries_event_key" UNIQUE("event_id","endpoint_id")
);
--> statement-breakpoint
CREATE TABLE "webhook_endpoints" (
	"id" text PRIMARY KEY NOT NULL,
	"state" text NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"revision" integer DEFAULT drawn_after(0) NOT NULL,
	"due_at" timestamp with time zone,
	"offer_number" integer DEFAULT 0 NOT NULL,
	"offered_at" timestamp with time zone,
	"claim_token" uuid,
	"lease_number" integer DEFAULT 0 NOT NULL,
	"lease_until" timestamp with time zone,
	"tries" integer DEFAULT 0 NOT NULL,
	"cause" text DEFAULT 'api' NOT NULL,
	"cause_reference" text,
	"created_at" timestamp with time zone DEFAULT dc_now() NOT NULL,
	"url" text NOT NULL,
	"events" text[] NOT NULL,
	"description" text,
	"disabled_reason" text,
	"secrets" jsonb NOT NULL,
	"failing_since" timestamp with time zone,
	"is_slow" boolean DEFAULT false NOT NULL,
	"operator_owed" boolean DEFAULT false NOT NULL,
	"look_again" boolean DEFAULT false NOT NULL,
	"replay_from" timestamp with time zone,
	"replay_after" bigint,
	"replay_until" bigint,
	"replay_newest_only" boolean DEFAULT false NOT NULL,
	CONSTRAINT "webhook_endpoints_reason_check" CHECK ((state = 'disabled') = (disabled_reason is not null) or state in ('deleting', 'deleted')),
	CONSTRAINT "webhook_endpoints_replay_check" CHECK (num_nonnulls(replay_from, replay_after, replay_until) in (0, 3))
);
--> statement-breakpoint
CREATE INDEX "webhook_deliveries_due_idx" ON "webhook_deliveries" USING btree ("due_at") WHERE due_at is not null;--> statement-breakpoint
CREATE INDEX "webhook_deliveries_endpoint_due_idx" ON "webhook_deliveries" USING btree ("endpoint_id","due_at") WHERE due_at is not null;--> statement-breakpoint
CREATE INDEX "webhook_deliveries_taken_idx" ON "webhook_deliveries" USING btree ("endpoint_id") WHERE offered_at is not null or claim_token is not null;--> statement-breakpoint
CREATE INDEX "webhook_deliveries_queued_idx" ON "webhook_deliveries" USING btree ("endpoint_id","created_at") WHERE state = 'queued';--> statement-breakpoint
CREATE INDEX "webhook_deliveries_list_idx" ON "webhook_deliveries" USING btree ("endpoint_id","created_at","id");--> statement-breakpoint
CREATE INDEX "webhook_endpoints_due_idx" ON "webhook_endpoints" USING btree ("due_at") WHERE due_at is not null;
--> statement-breakpoint
-- What an address is owed: one delivery for each event and endpoint, like any other row that owes something.
create trigger webhook_endpoints_guard before insert or update on webhook_endpoints
  for each row execute function guard_obligation('webhook_endpoint');
--> statement-breakpoint
create trigger webhook_endpoints_revise before update of revision on webhook_endpoints for each row
  when (new.revision > old.revision) execute function draw_revision();
--> statement-breakpoint
create trigger webhook_endpoints_birth after insert on webhook_endpoints referencing new table as new_rows
  for each statement execute function note_moves('webhook_endpoint');
--> statement-breakpoint
create trigger webhook_endpoints_moves after update on webhook_endpoints referencing old table as old_rows new table as new_rows
  for each statement execute function note_moves('webhook_endpoint');
--> statement-breakpoint
create trigger webhook_deliveries_guard before insert or update on webhook_deliveries
  for each row execute function guard_obligation('delivery');
--> statement-breakpoint
create trigger webhook_deliveries_revise before update of revision on webhook_deliveries for each row
  when (new.revision > old.revision) execute function draw_revision();
--> statement-breakpoint
create trigger webhook_deliveries_birth after insert on webhook_deliveries referencing new table as new_rows
  for each statement execute function note_moves('delivery');
--> statement-breakpoint
create trigger webhook_deliveries_moves after update on webhook_deliveries referencing old table as old_rows new table as new_rows
  for each statement execute function note_moves('delivery');
--> statement-breakpoint
alter table webhook_deliveries set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000,
  autovacuum_analyze_scale_factor = 0.05, autovacuum_analyze_threshold = 500, autovacuum_vacuum_insert_scale_factor = 0.05);
--> statement-breakpoint

-- Whether a filter wants a type: all, its family, or itself.
create function wants_type(p_filter text[], p_type text) returns boolean language sql immutable as $$
  select p_filter && array['*', split_part(p_type, '.', 1) || '.*', p_type]
$$;
--> statement-breakpoint
-- A delivery's id: its microsecond, so that new ones stand side by side, and ten characters that no other has.
create function new_delivery_id() returns text language sql volatile as $$
  select 'dlv_' || translate(
    lpad(to_hex((extract(epoch from clock_timestamp()) * 1000000)::bigint), 14, '0')
      || right(replace(gen_random_uuid()::text, '-', ''), 10),
    '0123456789abcdef', '234567abcdefghij')
$$;
--> statement-breakpoint

-- The place from which the feed tells what happened at `p_from` or later, with a margin: events get their places when they
-- have committed, which is minutes after they were written at the most.
create function first_place_since(p_from timestamptz) returns bigint language plpgsql stable as $$
declare
  v_from constant timestamptz := p_from - interval '10 minutes';
  v_low bigint := (select min(f.number) from feed f);
  v_high bigint := (select max(f.number) from feed f) + 1;
  v_place bigint;
  v_at timestamptz;
begin
  while v_low < v_high loop
    select f.number, e.created_at into v_place, v_at from feed f join events e on e.id = f.event_id
      where f.number >= (v_low + v_high) / 2 order by f.number limit 1;
    if v_at >= v_from then
      v_high := (v_low + v_high) / 2;
    else
      v_low := v_place + 1;
    end if;
  end loop;
  return coalesce(v_low, 0);
end
$$;
--> statement-breakpoint

-- As before, and in the same statement owes each event that it numbers to each endpoint that wants its type: due at once, or,
-- while the endpoint is disabled, once it is enabled again.
create or replace function number_events(p_rows int) returns table (first bigint, last bigint) language plpgsql as $$
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
    returning f.event_id, f.number
  ), owed as (
    insert into webhook_deliveries (id, state, due_at, cause, cause_reference, endpoint_id, event_id)
    select new_delivery_id(), 'queued', case w.state when 'enabled' then dc_now() end, 'event', e.id, w.id, e.id
    from numbered n
    join events e on e.id = n.event_id
    join webhook_endpoints w on w.state in ('enabled', 'disabled') and wants_type(w.events, e.type)
    -- No event is read while there is nobody to tell.
    where exists (select from webhook_endpoints any_of_them where any_of_them.state in ('enabled', 'disabled'))
    order by n.number, w.id
  )
  select min(n.number), max(n.number) into first, last from numbered n;
  if last is not null then
    update event_counter set number = last;
    return next;
  end if;
end
$$;
--> statement-breakpoint

-- The moves of deliveries go with them, as those of Stripe's events do.
create or replace function refuse_rewrite_of_timeline() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' and current_setting('duecourse.forgetting', true) = 'on'
     and current_user = (select pg_get_userbyid(t.relowner) from pg_class t where t.oid = tg_relid)
     and old.at < dc_now() - make_interval(
       days => (case when old.entity in ('inbox_event', 'delivery') then 35 else 540 end)) then
    return old;
  end if;
  raise exception '% is append-only', tg_table_name using errcode = 'DC002';
end
$$;
--> statement-breakpoint

-- Takes up to `p_rows` deliveries that were owed `p_days` ago, 35 at least, and are not under way, with their log and their
-- moves: also those that a disabled endpoint never took. Returns how many. By the one hand that takes what is old.
create function forget_deliveries(p_rows int, p_days int) returns int
language plpgsql security definer set search_path = public, pg_temp set duecourse.forgetting = 'on' as $$
declare
  v_before constant timestamptz := dc_now() - make_interval(days => greatest(p_days, 35));
  v_ids text[];
begin
  v_ids := array(
    select old.id from webhook_endpoints w cross join lateral (
      select d.id from webhook_deliveries d
      where d.endpoint_id = w.id and d.created_at < v_before and d.due_at is null and d.claim_token is null
        and not exists (select from transitions t where t.entity_id = d.id and t.at >= v_before)
      order by d.created_at limit p_rows for update skip locked) old
    limit p_rows);
  delete from delivery_attempts a where a.delivery_id = any(v_ids);
  delete from transitions t where t.entity_id = any(v_ids) and t.entity = 'delivery';
  delete from webhook_deliveries d where d.id = any(v_ids);
  return cardinality(v_ids);
end
$$;
--> statement-breakpoint
revoke execute on function forget_deliveries(int, int) from public;
--> statement-breakpoint

-- A receiver's answer may repeat what it was told of somebody: it goes with them.
create function forget_answers() returns trigger language plpgsql as $$
begin
  update delivery_attempts a set answer = null
  from events e join webhook_deliveries d on d.event_id = e.id
  where a.delivery_id = d.id and a.answer is not null and e.object_id = any(
    array[new.id]
    || array(select n.id from consents n where n.customer_id = new.id)
    || array(select m.id from payment_methods m where m.customer_id = new.id)
    || array(select s.id from setups s where s.customer_id = new.id)
    || array(select c.id from charges c where c.customer_id = new.id));
  return null;
end
$$;
--> statement-breakpoint
create trigger customers_forget_answers after update on customers for each row
  when (old.forgotten_at is null and new.forgotten_at is not null or old.erased_at is null and new.erased_at is not null)
  execute function forget_answers();
--> statement-breakpoint

-- The machines anew: endpoints and deliveries.
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
  ('delivery', 'queued', 'queued', false, null, null),
  ('delivery', 'delivered', 'delivered', false, null, null),
  ('delivery', 'failed', 'failed', false, null, null),
  ('delivery', 'canceled', 'canceled', true, null, null),
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
  ('setup', 'expired', 'expired', true, 'setup.expired', 'setup.created'),
  ('webhook_endpoint', 'enabled', 'enabled', false, null, null),
  ('webhook_endpoint', 'disabled', 'disabled', false, null, null),
  ('webhook_endpoint', 'deleting', 'deleted', false, null, null),
  ('webhook_endpoint', 'deleted', 'deleted', true, null, null);
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
  ('delivery', 'queued', 'delivered'),
  ('delivery', 'queued', 'failed'),
  ('delivery', 'queued', 'canceled'),
  ('delivery', 'delivered', 'queued'),
  ('delivery', 'failed', 'queued'),
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
  ('setup', 'needs_review', 'succeeded'),
  ('webhook_endpoint', 'enabled', 'disabled'),
  ('webhook_endpoint', 'enabled', 'deleting'),
  ('webhook_endpoint', 'disabled', 'enabled'),
  ('webhook_endpoint', 'disabled', 'deleting'),
  ('webhook_endpoint', 'deleting', 'deleted');
