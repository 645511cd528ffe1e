CREATE TABLE "runs" (
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
	"name" text NOT NULL,
	"reference" text,
	"livemode" boolean NOT NULL,
	"hold" boolean DEFAULT false NOT NULL,
	"goal_minor" bigint,
	"goal_currency" text,
	"goal_ends_at" timestamp with time zone,
	"goal_on_miss" text,
	"pace_per_s" integer,
	"terms" jsonb,
	"metadata" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"again_of" text,
	"request_hash" "bytea",
	"paused_reason" text,
	"decision" text,
	"decided_at" timestamp with time zone,
	"started_at" timestamp with time zone,
	"completed_at" timestamp with time zone,
	"fed_at" timestamp with time zone,
	CONSTRAINT "runs_reference_key" UNIQUE("reference"),
	CONSTRAINT "runs_goal_check" CHECK (num_nulls("runs"."goal_minor", "runs"."goal_currency", "runs"."goal_on_miss") in (0, 3)),
	CONSTRAINT "runs_goal_held_check" CHECK ("runs"."goal_minor" is null or "runs"."hold" and "runs"."goal_ends_at" is not null),
	CONSTRAINT "runs_on_miss_check" CHECK ("runs"."goal_on_miss" in ('wait', 'cancel')),
	CONSTRAINT "runs_decision_check" CHECK ("runs"."decision" is null or "runs"."decision" in ('release', 'cancel') and "runs"."hold"),
	CONSTRAINT "runs_decided_check" CHECK (("runs"."decision" is null) = ("runs"."decided_at" is null)),
	CONSTRAINT "runs_paused_check" CHECK ((state = 'paused') = ("runs"."paused_reason" is not null)),
	CONSTRAINT "runs_pace_check" CHECK ("runs"."pace_per_s" between 1 and 1000)
);
--> statement-breakpoint
ALTER TABLE "charges" ADD COLUMN "run_id" text;--> statement-breakpoint
ALTER TABLE "charges" ADD COLUMN "usage" jsonb;--> statement-breakpoint
CREATE INDEX "runs_due_idx" ON "runs" USING btree ("due_at") WHERE due_at is not null;--> statement-breakpoint
CREATE INDEX "runs_created_idx" ON "runs" USING btree ("created_at","id");--> statement-breakpoint
CREATE INDEX "runs_name_idx" ON "runs" USING btree ("name","created_at");--> statement-breakpoint
ALTER TABLE "charges" ADD CONSTRAINT "charges_run_id_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."runs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "charges_run_idx" ON "charges" USING btree ("run_id","created_at","id") WHERE run_id is not null;--> statement-breakpoint
CREATE INDEX "charges_run_open_idx" ON "charges" USING btree ("run_id","state","due_at","id") WHERE run_id is not null and settled_at is null;
--> statement-breakpoint
-- A run is a row like any other (docs/protocol.md, 21).
create trigger runs_guard_birth before insert on runs for each row execute function guard_obligation('run');
--> statement-breakpoint
create trigger runs_guard before update on runs for each row
  when (old.state is distinct from new.state or old.version is distinct from new.version)
  execute function guard_obligation('run');
--> statement-breakpoint
create trigger runs_revise before update of revision on runs for each row
  when (new.revision > old.revision) execute function draw_revision();
--> statement-breakpoint
create trigger runs_birth after insert on runs referencing new table as new_rows
  for each statement execute function note_moves('run');
--> statement-breakpoint
create trigger runs_moves after update on runs referencing old table as old_rows new table as new_rows
  for each statement execute function note_moves('run');
--> statement-breakpoint
create trigger runs_no_delete before delete on runs for each row execute function refuse_rewrite();
--> statement-breakpoint
-- The last wall: a decision stands, and a charge stays in its run.
create function guard_run() returns trigger language plpgsql as $$
begin
  raise exception 'what was decided about a run never changes' using errcode = 'DC002';
end
$$;
--> statement-breakpoint
create trigger runs_guard_decision before update on runs for each row
  when (old.decision is not null and old.decision is distinct from new.decision
        or (old.hold, old.goal_minor, old.goal_currency) is distinct from (new.hold, new.goal_minor, new.goal_currency))
  execute function guard_run();
--> statement-breakpoint
create trigger charges_keep_run before update on charges for each row
  when (old.run_id is distinct from new.run_id) execute function refuse_rewrite();
--> statement-breakpoint
-- Why a charge of this run may not go now; null: it may, and so may a charge of no run.
create function run_gate(p_run text) returns text language sql stable as $$
  select case
    when r.state = 'draft' then 'run_draft'
    when r.state = 'paused' then 'run_paused'
    when r.state in ('closing', 'canceled') then 'run_canceled'
    when r.hold and r.decision is distinct from 'release' then 'run_held' end
  from runs r where r.id = p_run
$$;
--> statement-breakpoint
-- Takes the first locks of every sending, the kill switch's and the runs', and reads under them which charges their run lets
-- go. Pause, cancel and decision hold the run for update: whoever sends comes before them, or finds what they wrote.
create function lock_runs(p_charges text[]) returns table (charge_id text, goes boolean) language plpgsql rows 25 as $$
begin
  perform pg_advisory_xact_lock_shared(charging_lock());
  perform 1 from runs r
    where r.id in (select c.run_id from charges c where c.id = any(p_charges)) order by r.id for share;
  return query select c.id, c.run_id is null or run_gate(c.run_id) is null from charges c where c.id = any(p_charges);
end
$$;
--> statement-breakpoint
-- Whether the run takes lines: a draft, and a group as long as nothing is decided about it.
create function takes_lines(r runs) returns boolean language sql immutable as $$
  select r.state = 'draft' or r.hold and r.decision is null and r.state in ('running', 'paused')
$$;
--> statement-breakpoint
-- The same under the run's lock, for a line that is taken in by itself. A charge of no run is always taken.
create function run_takes(p_run text) returns boolean language plpgsql as $$
begin
  if p_run is null then
    return true;
  end if;
  perform 1 from runs r where r.id = p_run for share;
  return coalesce((select takes_lines(r) from runs r where r.id = p_run), false);
end
$$;
--> statement-breakpoint
-- What each line would be paid with, under the locks of taking in a charge (payable_now), for many at once: only lines about
-- which there is nothing to be said. Any other is not answered, and goes alone through the statement that gives reasons.
create function payable_lines(p_run text, p_lines int[], p_customers text[], p_references text[], p_methods text[])
returns table (line int, customer_id text, id text, usage text, consent_id text) language plpgsql rows 500 as $$
declare
  v_customers text[];
  v_methods text[];
  v_consents text[];
begin
  if not run_takes(p_run) then
    return;
  end if;
  v_customers := array(
    select coalesce(w.customer, (select u.id from customers u where u.reference = w.ref))
    from unnest(p_lines, p_customers, p_references) as w (line, customer, ref) order by w.line);
  select array_agg(m.id), array_agg(m.consent_id) into v_methods, v_consents
    from unnest(v_customers, p_methods) as w (customer, method)
    join customers u on u.id = w.customer join payment_methods m on m.id = coalesce(w.method, u.default_payment_method_id);
  perform 1 from consents n where n.id = any(v_consents) order by n.id for share;
  perform 1 from payment_methods m where m.id = any(v_methods) order by m.id for share;
  perform 1 from customers u where u.id = any(v_customers) order by u.id for share;
  return query
    select w.line, u.id, m.id, m.usage, m.consent_id
    from unnest(p_lines, v_customers, p_methods) as w (line, customer, method)
    join customers u on u.id = w.customer
    join payment_methods m on m.id = coalesce(w.method, u.default_payment_method_id)
    join consents n on n.id = m.consent_id
    where m.id = any(v_methods) and n.id = any(v_consents) and u.stopped_at is null
      and m.customer_id = u.id and m.state = 'usable'
      and n.scope = 'off_session' and n.frequency = 'recurring' and n.accepted_at is not null and n.revoked_at is null
      and num_nonnulls(n.until, n.max_charges, n.max_amount_minor) = 0;
end
$$;
--> statement-breakpoint
-- What a run's charges come to: how many stand where, and the sums of each currency. Computed from the charges, always.
create function run_totals(p_run text) returns jsonb language sql stable as $$
  with gate as (
    select run_gate(p_run) is not null as holds, dc_now() as now
  ), part as (
    select c.currency, c.state = 'queued' and (g.holds or coalesce(c.scheduled_for > g.now, false)) as is_scheduled, c.state,
           count(*) as n, sum(c.amount_minor) as minor, sum(c.amount_received_minor) as received
    from charges c cross join gate g where c.run_id = p_run group by 1, 2, 3
  ), shown as (
    select p.*, case when p.is_scheduled then 'scheduled' else s.status end as status
    from part p join states s on s.entity = 'charge' and s.state = p.state
  ), back as (
    select c.currency, sum(f.amount_minor) as minor
    from refunds f join charges c on c.id = f.charge_id where c.run_id = p_run and is_refunded(f) group by 1
  )
  select jsonb_build_object(
    'counts', coalesce((select jsonb_object_agg(t.status, t.n) from (
      select status, sum(n) as n from shown group by status) t), '{}'),
    'sums', coalesce((select jsonb_agg(jsonb_build_object(
      'currency', t.currency, 'total', t.total, 'succeeded', t.succeeded, 'refunded', coalesce(b.minor, 0),
      'failed', t.failed, 'open', t.open) order by t.currency) from (
        select currency, coalesce(sum(minor) filter (where status <> 'canceled'), 0) as total,
               coalesce(sum(received) filter (where status = 'succeeded'), 0) as succeeded,
               coalesce(sum(minor) filter (where status = 'failed'), 0) as failed,
               coalesce(sum(minor) filter (where status not in ('succeeded', 'failed', 'canceled')), 0) as open
        from shown group by currency) t left join back b on b.currency = t.currency), '[]'))
$$;
--> statement-breakpoint
-- What is pledged towards the goal: charges that nobody has asked to end.
create function run_pledged(r runs) returns bigint language sql stable as $$
  select coalesce(sum(c.amount_minor), 0)::bigint from charges c
  where c.run_id = r.id and c.settled_at is null and c.close_requested_at is null and c.currency = r.goal_currency
$$;
--> statement-breakpoint
create function run_facts(r runs) returns jsonb language sql stable as $$
  select (shown_row(to_jsonb(r)) - array['request_hash', 'fed_at']) || run_totals(r.id)
    || jsonb_build_object('pledged_minor', case when r.goal_minor is not null then run_pledged(r) end)
$$;
--> statement-breakpoint
create function tell_run() returns trigger language plpgsql as $$
declare
  v_types text[] := '{}';
begin
  if tg_op = 'INSERT' then
    v_types := array['run.created'];
  else
    if new.decision is distinct from old.decision then
      v_types := v_types || 'run.decided'::text;
    end if;
    if new.goal_ends_at is distinct from old.goal_ends_at then
      v_types := v_types || 'run.extended'::text;
    end if;
    if new.state <> old.state then
      v_types := v_types || case
        when new.state = 'running' then case old.state when 'draft' then 'run.started' else 'run.resumed' end
        when new.state = 'closing' then 'run.canceled'
        when new.state in ('paused', 'completed') then 'run.' || new.state end;
    end if;
  end if;
  perform tell(t.type, 'run', new.id, new.version, new.cause, new.cause_reference, run_facts(new))
    from unnest(v_types) with ordinality as t (type, place) where t.type is not null;
  return null;
end
$$;
--> statement-breakpoint
create trigger runs_tell after insert or update of state, decision, goal_ends_at on runs
  for each row execute function tell_run();
--> statement-breakpoint
-- The verbs of a run. Each takes the run's lock first and reads in its next statement: two at once have one outcome. Null: it
-- was done; else the word that stands against it.
create function start_run(p_run text, p_expect jsonb, p_reference text) returns text language plpgsql as $$
declare
  v_run runs;
  v_count bigint;
begin
  select * into v_run from runs r where r.id = p_run for update;
  if not found then
    return 'unknown';
  elsif v_run.state <> 'draft' then
    return v_run.state;
  end if;
  if p_expect is not null then
    select count(*) into v_count from charges c where c.run_id = p_run and c.state <> 'canceled';
    if coalesce((p_expect ->> 'count')::bigint, v_count) <> v_count then
      return 'count_differs';
    end if;
    if p_expect ? 'sums' and exists (
      select from (select s.currency, s.total from jsonb_to_recordset(run_totals(p_run) -> 'sums') as s (currency text, total bigint)
                   where s.total > 0) h
      full join jsonb_to_recordset(p_expect -> 'sums') as e (currency text, total bigint) on e.currency = h.currency
      where e.total is distinct from h.total) then
      return 'sums_differ';
    end if;
  end if;
  update runs r set state = 'running', started_at = dc_now(), due_at = dc_now(), revision = r.revision + 1,
    cause = 'api', cause_reference = p_reference where r.id = p_run;
  return null;
end
$$;
--> statement-breakpoint
create function pause_run(p_run text, p_reference text) returns text language plpgsql as $$
declare
  v_run runs;
begin
  select * into v_run from runs r where r.id = p_run for update;
  if not found then
    return 'unknown';
  elsif v_run.state <> 'running' then
    return v_run.state;
  end if;
  update runs r set state = 'paused', paused_reason = 'requested', due_at = null, revision = r.revision + 1,
    cause = 'api', cause_reference = p_reference where r.id = p_run;
  return null;
end
$$;
--> statement-breakpoint
-- What had begun and met the pause comes due again; what had not is fed by the run's next step.
create function resume_run(p_run text, p_reference text) returns text language plpgsql as $$
declare
  v_run runs;
begin
  select * into v_run from runs r where r.id = p_run for update;
  if not found then
    return 'unknown';
  elsif v_run.state <> 'paused' then
    return v_run.state;
  elsif v_run.paused_reason = 'goal_missed' then
    return 'goal_missed';
  end if;
  update runs r set state = 'running', paused_reason = null, due_at = dc_now(), revision = r.revision + 1,
    cause = 'api', cause_reference = p_reference where r.id = p_run;
  update charges c set due_at = dc_now(), detail = null
    where c.id in (select w.id from charges w where w.run_id = p_run and w.settled_at is null
                   and w.state = 'retry_wait' and w.detail = 'run_paused' order by w.id for update);
  return null;
end
$$;
--> statement-breakpoint
create function cancel_run(p_run text, p_reference text) returns text language plpgsql as $$
declare
  v_run runs;
begin
  select * into v_run from runs r where r.id = p_run for update;
  if not found then
    return 'unknown';
  elsif v_run.state in ('closing', 'completed', 'canceled') then
    return v_run.state;
  end if;
  update runs r set state = 'closing', paused_reason = null, due_at = dc_now(), revision = r.revision + 1,
    decision = case when r.hold then coalesce(r.decision, 'cancel') end,
    decided_at = case when r.hold then coalesce(r.decided_at, dc_now()) end,
    cause = 'api', cause_reference = p_reference where r.id = p_run;
  return null;
end
$$;
--> statement-breakpoint
-- Decides about a group, once. `extend` moves its day, which is no decision.
create function decide_run(p_run text, p_decision text, p_ends_at timestamptz, p_reference text) returns text
language plpgsql as $$
declare
  v_run runs;
begin
  select * into v_run from runs r where r.id = p_run for update;
  if not found then
    return 'unknown';
  elsif not v_run.hold then
    return 'not_held';
  elsif v_run.decision is not null then
    return 'decided_' || v_run.decision;
  elsif v_run.state = 'draft' then
    return 'draft';
  end if;
  if p_decision = 'extend' then
    if v_run.goal_minor is null then
      return 'no_goal';
    elsif p_ends_at <= dc_now() then
      return 'ends_at_past';
    end if;
    update runs r set goal_ends_at = p_ends_at, due_at = dc_now(), revision = r.revision + 1,
      state = case when r.paused_reason = 'goal_missed' then 'running' else r.state end,
      paused_reason = nullif(r.paused_reason, 'goal_missed'),
      cause = 'api', cause_reference = p_reference where r.id = p_run;
  elsif p_decision = 'release' then
    if v_run.goal_minor is not null and run_pledged(v_run) < v_run.goal_minor then
      return 'goal_not_reached';
    end if;
    update runs r set decision = 'release', decided_at = dc_now(), due_at = dc_now(), revision = r.revision + 1,
      state = case when r.paused_reason = 'goal_missed' then 'running' else r.state end,
      paused_reason = nullif(r.paused_reason, 'goal_missed'),
      cause = 'api', cause_reference = p_reference where r.id = p_run;
  else
    update runs r set decision = 'cancel', decided_at = dc_now(), state = 'closing', paused_reason = null, due_at = dc_now(),
      revision = r.revision + 1, cause = 'api', cause_reference = p_reference where r.id = p_run;
  end if;
  return null;
end
$$;
--> statement-breakpoint
-- One step of a run, under its lease: looks at the goal's day, lets the next charges come due, closes what is to be closed,
-- and ends the run whose charges have ended. At most `p_most` charges a step, and no more of them in the line than `p_line`,
-- so that a pause finds few that were let go already. Null: it owes nothing, or the lease is no longer ours.
create function advance_run(p_run text, p_lease int, p_most int, p_line int)
returns table (closing text[], fed int, due_in_ms bigint) language plpgsql as $$
declare
  v_now constant timestamptz := dc_now();
  v_run runs;
  v_room int;
begin
  closing := '{}';
  fed := 0;
  select * into v_run from runs r where r.id = p_run and r.lease_number = p_lease and r.due_at <= v_now for update;
  if not found then
    return;
  end if;
  if v_run.state = 'running' and v_run.hold and v_run.decision is null then
    if v_run.goal_ends_at <= v_now and run_pledged(v_run) < v_run.goal_minor then
      update runs r set revision = r.revision + 1, cause = 'worker', cause_reference = 'goal_missed',
        state = case r.goal_on_miss when 'cancel' then 'closing' else 'paused' end,
        paused_reason = case r.goal_on_miss when 'wait' then 'goal_missed' end,
        decision = case r.goal_on_miss when 'cancel' then 'cancel' end,
        decided_at = case r.goal_on_miss when 'cancel' then v_now end
        where r.id = p_run;
      due_in_ms := case v_run.goal_on_miss when 'cancel' then 0 end;
    elsif v_run.goal_ends_at > v_now then
      due_in_ms := ceil(extract(epoch from v_run.goal_ends_at - v_now) * 1000)::bigint;
    end if;
  elsif v_run.state = 'running' then
    v_room := least(p_most, p_line - (select count(*) from (
      select from charges c where c.run_id = p_run and c.settled_at is null and c.state = 'queued' and c.due_at <= v_now
      limit p_line) l));
    if v_run.pace_per_s is not null then
      v_room := least(v_room, floor(v_run.pace_per_s * least(5, coalesce(extract(epoch from v_now - v_run.fed_at), 1)))::int);
    end if;
    with next as (
      select c.id from charges c
      where c.run_id = p_run and c.settled_at is null and c.state = 'queued' and c.due_at is null
      order by c.id limit greatest(v_room, 0) for update skip locked
    ), let_go as (
      update charges c set due_at = due_for(c.payment_method_id, c.scheduled_for), offered_at = null
      from next n where c.id = n.id returning c.id
    )
    select count(*) into fed from let_go;
    if fed > 0 then
      update runs r set fed_at = v_now where r.id = p_run;
    end if;
    if not exists (select from charges c where c.run_id = p_run and c.settled_at is null) then
      update runs r set state = 'completed', completed_at = v_now, revision = r.revision + 1,
        cause = 'worker', cause_reference = 'charges_ended' where r.id = p_run;
    else
      due_in_ms := case when exists (
        select from charges c where c.run_id = p_run and c.settled_at is null and c.state = 'queued' and c.due_at is null)
        then 1000 else 15000 end;
    end if;
  elsif v_run.state = 'closing' then
    closing := array(select close_charges(array(
      select c.id from charges c
      where c.run_id = p_run and c.settled_at is null and c.close_requested_at is null
      order by c.id limit p_most), 'canceled', 'run_canceled', 'revoked', 'worker', p_run));
    if exists (select from charges c where c.run_id = p_run and c.settled_at is null) then
      due_in_ms := case when cardinality(closing) = p_most then 0 else 5000 end;
    else
      update runs r set state = 'canceled', completed_at = v_now, revision = r.revision + 1,
        cause = 'worker', cause_reference = 'charges_ended' where r.id = p_run;
    end if;
  end if;
  update runs r set due_at = v_now + due_in_ms * interval '1 millisecond', tries = 0,
    claim_token = null, lease_until = null, offered_at = null where r.id = p_run;
  return next;
end
$$;
--> statement-breakpoint
-- What was metered is evidence like the bill's own words, and goes with them.
create function forget_usage() returns trigger language plpgsql as $$
begin
  update charges c set usage = null, revision = c.revision + 1 where c.customer_id = new.id and c.usage is not null;
  return null;
end
$$;
--> statement-breakpoint
create trigger customers_forget_usage after update on customers for each row
  when (old.erased_at is null and new.erased_at is not null) execute function forget_usage();
--> statement-breakpoint
-- As before, with the run of a charge, and whether it lets it go.
create or replace function tell_charges(p_types text[], p_ids text[], p_causes text[], p_references text[]) returns void
language plpgsql as $$
declare
  v_now constant timestamptz := dc_now();
begin
  insert into events (id, epoch, type, object, object_id, version, cause, cause_reference, created_at, facts)
  select new_event_id(), i.epoch, t.type, 'charge', c.id, c.version, t.cause, t.cause_reference, v_now, f.facts
  from unnest(p_types, p_ids, p_causes, p_references) with ordinality as t (type, id, cause, cause_reference, place)
  join charges c on c.id = t.id
  cross join instance i
  cross join lateral (select to_jsonb(shown) as facts from (
    select c.id, c.state, c.version, c.due_at, c.created_at, c.customer_id, c.payment_method_id, c.consent_id,
      c.follows_customer, c.amount_minor, c.currency, c.livemode, c.description, c.reference, c.again_of, c.scheduled_for,
      c.metadata, c.terms, c.document, c.warnings, c.stripe_payment_intent_id, c.close_requested_at,
      c.amount_received_minor, c.paid_with, c.detail, c.last_error, c.settled_at, c.returned_at,
      c.state = 'queued' and coalesce(c.scheduled_for > v_now, false) as is_scheduled,
      c.run_id, case when c.run_id is not null then run_gate(c.run_id) end as run_gate,
      i.charging_enabled,
      (select coalesce(jsonb_agg(jsonb_build_object(
         'number', a.number, 'kind', a.kind, 'state', a.state, 'payment_method_id', a.payment_method_id,
         'consent_id', a.consent_id, 'code', a.code, 'decline_code', a.decline_code, 'advice_code', a.advice_code,
         'started_at', a.started_at, 'ended_at', a.ended_at) order by a.number), '[]')
       from charge_attempts a where a.charge_id = c.id) as attempts,
      (select jsonb_build_object(
         'id', r.id, 'kind', r.kind, 'state', r.state, 'expires_at', r.expires_at,
         'messages_sent', (select count(*) from messages m where m.recovery_id = r.id and is_mailed(m)),
         'undeliverable', r.bounced_at is not null)
       from recoveries r where r.charge_id = c.id order by r.opened_at desc, r.id desc limit 1) as recovery,
      case when exists (select from refunds r where r.charge_id = c.id) then refunds_of(c.id) else '[]' end as refunds,
      case when exists (select from disputes d where d.charge_id = c.id) then disputes_of(c.id) else '[]' end as disputes,
      case when exists (select from fraud_warnings w where w.charge_id = c.id)
           then fraud_warning_of(c.id) end as early_fraud_warning,
      case when exists (select from notices n where n.charge_id = c.id) then notice_of(c.id) end as notice) shown) f
  order by t.place;
end
$$;
--> statement-breakpoint
-- The machines anew: runs.
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
  ('dispute', 'open', 'open', false, null, 'charge.disputed'),
  ('dispute', 'closed', 'closed', true, 'charge.dispute_closed', 'charge.disputed'),
  ('fraud_warning', 'actionable', 'actionable', false, null, 'charge.fraud_warning'),
  ('fraud_warning', 'over', 'over', true, null, 'charge.fraud_warning'),
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
  ('notice', 'queued', 'queued', false, null, null),
  ('notice', 'sending', 'sending', false, null, null),
  ('notice', 'sent', 'sent', true, 'notice.sent', null),
  ('notice', 'suppressed', 'suppressed', true, null, null),
  ('notice', 'failed', 'failed', true, 'notice.undeliverable', null),
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
  ('refund', 'queued', 'pending', false, null, 'refund.created'),
  ('refund', 'pending', 'pending', false, null, 'refund.created'),
  ('refund', 'requires_action', 'requires_action', false, 'refund.requires_action', 'refund.created'),
  ('refund', 'needs_review', 'pending', false, 'refund.under_review', 'refund.created'),
  ('refund', 'succeeded', 'succeeded', false, 'refund.succeeded', 'refund.created'),
  ('refund', 'failed', 'failed', true, 'refund.failed', 'refund.created'),
  ('refund', 'canceled', 'canceled', true, 'refund.canceled', 'refund.created'),
  ('run', 'draft', 'draft', false, null, null),
  ('run', 'running', 'running', false, null, null),
  ('run', 'paused', 'paused', false, null, null),
  ('run', 'closing', 'canceled', false, null, null),
  ('run', 'completed', 'completed', true, null, null),
  ('run', 'canceled', 'canceled', true, null, null),
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
  ('dispute', 'open', 'closed'),
  ('fraud_warning', 'actionable', 'over'),
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
  ('notice', 'queued', 'sending'),
  ('notice', 'queued', 'suppressed'),
  ('notice', 'queued', 'failed'),
  ('notice', 'sending', 'queued'),
  ('notice', 'sending', 'sent'),
  ('notice', 'sending', 'suppressed'),
  ('notice', 'sending', 'failed'),
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
  ('refund', 'queued', 'pending'),
  ('refund', 'queued', 'requires_action'),
  ('refund', 'queued', 'succeeded'),
  ('refund', 'queued', 'failed'),
  ('refund', 'queued', 'canceled'),
  ('refund', 'queued', 'needs_review'),
  ('refund', 'pending', 'requires_action'),
  ('refund', 'pending', 'succeeded'),
  ('refund', 'pending', 'failed'),
  ('refund', 'pending', 'canceled'),
  ('refund', 'pending', 'needs_review'),
  ('refund', 'requires_action', 'pending'),
  ('refund', 'requires_action', 'succeeded'),
  ('refund', 'requires_action', 'failed'),
  ('refund', 'requires_action', 'canceled'),
  ('refund', 'requires_action', 'needs_review'),
  ('refund', 'needs_review', 'queued'),
  ('refund', 'needs_review', 'pending'),
  ('refund', 'needs_review', 'requires_action'),
  ('refund', 'needs_review', 'succeeded'),
  ('refund', 'needs_review', 'failed'),
  ('refund', 'needs_review', 'canceled'),
  ('refund', 'succeeded', 'failed'),
  ('refund', 'succeeded', 'canceled'),
  ('run', 'draft', 'running'),
  ('run', 'draft', 'closing'),
  ('run', 'running', 'paused'),
  ('run', 'running', 'closing'),
  ('run', 'running', 'completed'),
  ('run', 'paused', 'running'),
  ('run', 'paused', 'closing'),
  ('run', 'closing', 'canceled'),
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
