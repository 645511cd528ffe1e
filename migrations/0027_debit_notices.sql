CREATE TABLE "notices" (
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
	"charge_id" text NOT NULL,
	"number" integer NOT NULL,
	"payment_method_id" text NOT NULL,
	"amount_minor" bigint NOT NULL,
	"scheduled_for" timestamp with time zone,
	"is_repetition" boolean DEFAULT false NOT NULL,
	"collect_on" date NOT NULL,
	"period_days" integer NOT NULL,
	"confirm_not_before" timestamp with time zone NOT NULL,
	"confirm_until" timestamp with time zone NOT NULL,
	"sent_by" text NOT NULL,
	"sent_at" timestamp with time zone,
	"detail" text,
	CONSTRAINT "notices_number_key" UNIQUE("charge_id","number"),
	CONSTRAINT "notices_sent_by_check" CHECK ("notices"."sent_by" in ('us', 'stripe')),
	CONSTRAINT "notices_sent_check" CHECK (state <> 'sent' or "notices"."sent_by" = 'stripe' or "notices"."sent_at" is not null),
	CONSTRAINT "notices_period_check" CHECK ("notices"."sent_at" is null or "notices"."confirm_not_before" >= "notices"."sent_at" + "notices"."period_days" * interval '24 hours')
);
--> statement-breakpoint
DROP INDEX "charges_reference_key";--> statement-breakpoint
DROP INDEX "charges_one_time_consent_key";--> statement-breakpoint
ALTER TABLE "charges" ADD COLUMN "returned_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "notices" ADD CONSTRAINT "notices_charge_id_charges_id_fk" FOREIGN KEY ("charge_id") REFERENCES "public"."charges"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "notices_due_idx" ON "notices" USING btree ("due_at") WHERE due_at is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "charges_reference_key" ON "charges" USING btree ("reference") WHERE state not in ('failed', 'canceled') and returned_at is null;--> statement-breakpoint
CREATE UNIQUE INDEX "charges_one_time_consent_key" ON "charges" USING btree ("one_time_consent_id") WHERE state not in ('failed', 'canceled') and returned_at is null;
--> statement-breakpoint
-- A debit is announced, and its notice is a row like any other (docs/protocol.md, 20).
create trigger notices_guard_birth before insert on notices for each row execute function guard_obligation('notice');
--> statement-breakpoint
create trigger notices_guard before update on notices for each row
  when (old.state is distinct from new.state or old.version is distinct from new.version)
  execute function guard_obligation('notice');
--> statement-breakpoint
create trigger notices_revise before update of revision on notices for each row
  when (new.revision > old.revision) execute function draw_revision();
--> statement-breakpoint
create trigger notices_birth after insert on notices referencing new table as new_rows
  for each statement execute function note_moves('notice');
--> statement-breakpoint
create trigger notices_moves after update on notices referencing old table as old_rows new table as new_rows
  for each statement execute function note_moves('notice');
--> statement-breakpoint
create trigger notices_no_delete before delete on notices for each row execute function refuse_rewrite();
--> statement-breakpoint
-- The last wall: what a customer was told never becomes another debit.
create function guard_notice() returns trigger language plpgsql as $$
begin
  if (new.charge_id, new.number, new.payment_method_id, new.amount_minor, new.sent_by)
       <> (old.charge_id, old.number, old.payment_method_id, old.amount_minor, old.sent_by)
     or old.state = 'sent' and (new.collect_on, new.period_days, new.confirm_not_before, new.confirm_until, new.sent_at)
       is distinct from (old.collect_on, old.period_days, old.confirm_not_before, old.confirm_until, old.sent_at) then
    raise exception 'what a notice tells never changes' using errcode = 'DC002';
  end if;
  return new;
end
$$;
--> statement-breakpoint
create trigger notices_guard_told before update on notices for each row execute function guard_notice();
--> statement-breakpoint
-- How often one mandate was presented again, over all charges, since `p_since`: whatever followed, on the same charge, a
-- debit that its bank had refused.
create function repetitions_of(p_method text, p_since timestamptz) returns bigint language sql stable as $$
  select count(*) from (
    select distinct a.charge_id, a.number
    from charge_attempts b
    join charge_attempts a on a.charge_id = b.charge_id and a.number > b.number
    where b.payment_method_id = p_method and b.state in ('declined', 'authentication_required')
      and a.payment_method_id = p_method and a.kind = 'off_session' and a.state <> 'not_executed' and a.started_at > p_since) r
$$;
--> statement-breakpoint
-- Whether a debit may be opened now: its newest notice tells of this amount, account and day, its period has passed whole,
-- and no other try has used it up; and a debit that is presented again is one of those that the mandate has left. Of a card,
-- and of a debit of which we have no rules, nothing is asked. Its callers hold the card of the method, which is its mandate.
create function debit_may_open(p_method payment_methods, p_charge charges, p_beside bigint, p_schemes jsonb)
returns boolean language plpgsql stable as $$
declare
  v_now constant timestamptz := dc_now();
  v_scheme jsonb;
  v_notice notices;
begin
  select s into v_scheme from jsonb_array_elements(p_schemes) s where s ->> 'type' = p_method.type;
  if not found then
    return true;
  end if;
  select * into v_notice from notices n where n.charge_id = p_charge.id order by n.number desc limit 1;
  if v_notice.state is distinct from 'sent' or v_notice.payment_method_id <> p_method.id
     or v_notice.amount_minor <> p_charge.amount_minor or v_notice.scheduled_for is distinct from p_charge.scheduled_for
     or v_now < v_notice.confirm_not_before or v_now > v_notice.confirm_until
     or exists (select from charge_attempts a where a.charge_id = p_charge.id and a.kind = 'off_session'
                and a.state <> 'not_executed' and a.started_at >= v_notice.created_at) then
    return false;
  end if;
  return not exists (select from charge_attempts a where a.charge_id = p_charge.id and a.payment_method_id = p_method.id
                     and a.state in ('declined', 'authentication_required'))
    or repetitions_of(p_method.id, v_now - make_interval(days => (v_scheme ->> 'within_days')::int)) + p_beside
       < (v_scheme ->> 'most')::int;
end
$$;
--> statement-breakpoint
-- As the function of the same name with seven arguments, which stays for workers of the earlier release. Of a debit that
-- nobody pressed it asks what `debit_may_open` asks, under the lock of its mandate; sent again, nothing: without schemes.
create function permit_sendings(
  p_charges text[], p_methods text[], p_consents text[], p_chosen boolean[], p_moves boolean,
  p_automatic boolean[], p_limits jsonb, p_schemes jsonb
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
        and case when w.is_automatic and m.type <> 'card' then debit_may_open(m, c, w.beside, p_schemes) else true end
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
-- A debit is planned at once: its notice comes long before its day.
create function due_for(p_method text, p_scheduled_for timestamptz) returns timestamptz language sql stable as $$
  select case when (select m.type from payment_methods m where m.id = p_method) <> 'card' then dc_now()
              else greatest(p_scheduled_for, dc_now()) end
$$;
--> statement-breakpoint
-- As before; a debit of another amount or day is planned anew.
create or replace function change_charge(p_charge text, p_change jsonb, p_reference text) returns text language plpgsql as $$
declare
  v_charge charges;
  v_payer record;
  v_amount bigint;
  v_due timestamptz;
  v_metadata jsonb;
begin
  select * into v_charge from charges c where c.id = p_charge;
  if not found then
    return 'unknown';
  end if;
  v_amount := coalesce((p_change ->> 'amount_minor')::bigint, v_charge.amount_minor);
  v_due := coalesce((p_change ->> 'scheduled_for')::timestamptz, v_charge.scheduled_for);
  select * into v_payer
    from payable_now(v_charge.customer_id, v_charge.payment_method_id, v_amount, v_charge.currency, v_due);
  select * into v_charge from charges c where c.id = p_charge for update;
  v_metadata := (select coalesce(jsonb_object_agg(l.key, l.value), '{}')
                 from jsonb_each_text(v_charge.metadata || coalesce(p_change -> 'metadata', '{}')) l where l.value <> '');
  if v_charge.state <> 'queued' or v_charge.close_requested_at is not null or v_charge.create_number > 1
     or v_charge.create_opened_at is not null or v_charge.stripe_payment_intent_id is not null then
    return 'begun';
  elsif (select count(*) from jsonb_object_keys(v_metadata)) > 50 then
    return 'metadata_full';
  elsif exceeds_consent_besides(v_charge.consent_id, v_amount, v_charge.currency, greatest(v_due, dc_now()), p_charge) then
    return 'consent_exceeded';
  end if;
  update charges c set
    amount_minor = v_amount, scheduled_for = v_due,
    due_at = case when p_change ? 'scheduled_for' then due_for(c.payment_method_id, v_due)
                  when p_change ? 'amount_minor' then least(c.due_at, due_for(c.payment_method_id, v_due)) else c.due_at end,
    description = coalesce(p_change ->> 'description', c.description),
    metadata = v_metadata,
    document = case when p_change ? 'document' then nullif(p_change -> 'document', 'null') else c.document end,
    claim_token = null, lease_until = null, offered_at = null, revision = c.revision + 1,
    cause = 'api', cause_reference = p_reference
    where c.id = p_charge;
  return null;
end
$$;
--> statement-breakpoint
-- As before; a debit is planned at once, and a card waits for its day.
create or replace function choose_method(p_charge text, p_method text, p_reference text) returns text language plpgsql as $$
declare
  v_charge charges;
  v_payer record;
begin
  select * into v_charge from charges c where c.id = p_charge;
  if not found then
    return 'unknown';
  end if;
  select * into v_payer
    from payable_now(v_charge.customer_id, p_method, v_charge.amount_minor, v_charge.currency, v_charge.scheduled_for);
  select * into v_charge from charges c where c.id = p_charge for update;
  if v_charge.close_requested_at is not null or v_charge.state not in ('queued', 'retry_wait', 'action_required')
     or exists (select from charge_attempts a where a.charge_id = p_charge and a.ended_at is null) then
    return 'under_way';
  elsif v_payer.id is null then
    return 'payment_method_unknown';
  elsif v_payer.customer_id <> v_charge.customer_id or v_payer.state <> 'usable' then
    return 'payment_method_unusable';
  elsif not v_payer.is_consented then
    return 'consent_missing';
  elsif exists (select from charges c where c.one_time_consent_id = v_payer.one_time_id and c.id <> p_charge
                and c.state not in ('failed', 'canceled')) then
    return 'consent_used';
  elsif v_payer.consent_id <> v_charge.consent_id and v_payer.is_exceeded then
    return 'consent_exceeded';
  end if;
  update charges c set payment_method_id = v_payer.id, consent_id = v_payer.consent_id,
    one_time_consent_id = v_payer.one_time_id, follows_customer = false, revision = c.revision + 1,
    due_at = case when c.state = 'queued' then due_for(v_payer.id, c.scheduled_for) else c.due_at end,
    cause = 'api', cause_reference = p_reference
    where c.id = p_charge;
  return null;
end
$$;
--> statement-breakpoint
-- A debit that is asked back after its success is returned: its bank has taken the money, and there is no appeal.
create function note_return() returns trigger language plpgsql as $$
begin
  update charges c set returned_at = dc_now(), revision = c.revision + 1
  from payment_methods m
  where c.id = new.charge_id and c.state = 'succeeded' and c.returned_at is null
    and m.id = method_that_paid(c) and m.type <> 'card' and new.status not like 'warning\_%';
  return null;
end
$$;
--> statement-breakpoint
create trigger disputes_note_return after insert or update of status on disputes for each row execute function note_return();
--> statement-breakpoint
-- The newest notice of a charge, as the API shows it. Stripe's goes out with the confirm.
create function notice_of(p_charge text) returns jsonb language sql stable as $$
  select jsonb_build_object('sent_by', n.sent_by, 'state', n.state, 'amount_minor', n.amount_minor, 'collect_on', n.collect_on,
    'confirm_not_before', n.confirm_not_before, 'type', m.type,
    'sent_at', case when n.sent_by = 'us' then n.sent_at else (
      select min(a.started_at) from charge_attempts a
      where a.charge_id = n.charge_id and a.kind = 'off_session' and a.started_at >= n.created_at) end)
  from notices n join payment_methods m on m.id = n.payment_method_id
  where n.charge_id = p_charge order by n.number desc limit 1
$$;
--> statement-breakpoint
-- As before, with the notice of a debit, and whether it came back.
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
create or replace function tell_moves(p_entity text, p_types text[], p_ids text[], p_causes text[], p_references text[]) returns void
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
    when 'notice' then
      perform tell_charges(
        array_agg(t.type order by t.place), array_agg(n.charge_id order by t.place), array_agg(t.cause order by t.place),
        array_agg(n.id order by t.place))
      from unnest(p_types, p_ids, p_causes) with ordinality as t (type, id, cause, place) join notices n on n.id = t.id;
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
    when 'refund' then
      perform tell(t.type, 'refund', r.id, r.version, t.cause, t.reference, refund_facts(r))
      from unnest(p_types, p_ids, p_causes, p_references) as t (type, id, cause, reference) join refunds r on r.id = t.id;
    when 'dispute' then
      perform tell_charges(
        array_agg(t.type order by t.place), array_agg(d.charge_id order by t.place), array_agg(t.cause order by t.place),
        array_agg(d.id order by t.place))
      from unnest(p_types, p_ids, p_causes) with ordinality as t (type, id, cause, place) join disputes d on d.id = t.id;
    when 'fraud_warning' then
      perform tell_charges(
        array_agg(t.type order by t.place), array_agg(w.charge_id order by t.place), array_agg(t.cause order by t.place),
        array_agg(w.id order by t.place))
      from unnest(p_types, p_ids, p_causes) with ordinality as t (type, id, cause, place) join fraud_warnings w on w.id = t.id;
  end case;
end
$$;
--> statement-breakpoint
-- As before, with the moves of notices; the notices themselves are of the books.
create or replace function forget_histories(p_after bigint, p_rows int, p_months jsonb)
returns table (next bigint, looked int, gone int)
language plpgsql security definer set search_path = public, pg_temp set duecourse.forgetting = 'on' as $$
declare
  v_now constant timestamptz := dc_now();
  v_before constant timestamptz := (v_now at time zone 'UTC' - make_interval(months => (
    select min(value::int) from jsonb_each_text(p_months)))) at time zone 'UTC';
  v_charges text[];
  v_setups text[];
  v_recoveries text[];
  v_mails text[];
  v_notices text[];
  v_ours text[];
  v_found int;
begin
  select coalesce(max(m.id), p_after), count(*),
         coalesce(array_agg(distinct m.entity_id) filter (where m.entity = 'charge'), '{}'),
         coalesce(array_agg(distinct m.entity_id) filter (where m.entity = 'setup'), '{}')
    into next, looked, v_charges, v_setups from old_moves(p_after, p_rows, v_before) m;
  v_charges := array(
    select c.id from charges c
    where c.id = any(v_charges) and history_until(c, p_months) < v_now
      and not exists (select from transitions t where t.entity_id = c.id and t.at >= v_before)
      and not exists (select from charge_attempts a where a.charge_id = c.id and a.ended_at is null)
      and not exists (
        select from breaks b where b.entity_id = c.id and b.closed_by is null
          and not (b.kind = 'dispute' and coalesce(b.observed ->> 'status', '') in ('won', 'lost', 'warning_closed')))
      and not exists (
        select from recoveries r where r.charge_id = c.id
          and (coalesce(r.closed_at, 'infinity') >= v_before
               or exists (select from setups s where s.recovery_id = r.id and coalesce(s.settled_at, 'infinity') >= v_before)
               or exists (select from messages g left join messages o on o.served_by = g.id
                          left join recoveries q on q.id = o.recovery_id left join charges d on d.id = q.charge_id
                          where g.recovery_id = r.id
                            and (g.due_at is not null
                                 or exists (select from transitions t where t.entity_id = g.id and t.at >= v_before)
                                 or o.id is not null and coalesce(history_until(d, p_months), 'infinity') >= v_now)))));
  v_setups := array(
    select s.id from setups s
    where s.id = any(v_setups) and s.recovery_id is null and s.settled_at is not null
      and s.settled_at < (v_now at time zone 'UTC' - make_interval(months => (p_months ->> 'other')::int)) at time zone 'UTC');
  v_found := cardinality(v_charges) + cardinality(v_setups);
  v_charges := array(select c.id from charges c where c.id = any(v_charges) order by c.id for no key update skip locked);
  v_setups := array(select s.id from setups s where s.id = any(v_setups) order by s.id for no key update skip locked);
  v_ours := v_charges || v_setups;
  if cardinality(v_ours) < v_found then
    next := p_after;
  end if;
  v_recoveries := array(select r.id from recoveries r where r.charge_id = any(v_charges));
  v_setups := v_setups || array(select s.id from setups s where s.recovery_id = any(v_recoveries));
  v_mails := array(select g.id from messages g where g.recovery_id = any(v_recoveries));
  v_mails := v_mails || array(select o.id from messages o where o.served_by = any(v_mails));
  v_notices := array(select n.id from notices n where n.charge_id = any(v_charges));
  -- A row of the books stays, so that another worker may have found it and waited: what it then takes is nothing.
  with taken as (
    delete from transitions t where t.entity_id = any(v_charges || v_recoveries || v_setups || v_mails || v_notices) returning t.entity_id
  )
  select count(distinct k.entity_id) into gone from taken k where k.entity_id = any(v_ours);
  delete from deliveries d where d.entity_id = any(v_charges || v_setups);
  update setups s set accepted_ip_address = null, accepted_user_agent = null
    where s.id = any(v_setups) and num_nonnulls(s.accepted_ip_address, s.accepted_user_agent) > 0;
  delete from messages g where g.id = any(v_mails);
  return next;
end
$$;
--> statement-breakpoint
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
