CREATE TABLE "disputes" (
	"id" text PRIMARY KEY NOT NULL,
	"state" text NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"charge_id" text NOT NULL,
	"seen_at" timestamp with time zone DEFAULT dc_now() NOT NULL,
	"cause" text NOT NULL,
	"cause_reference" text,
	"created_at" timestamp with time zone DEFAULT dc_now() NOT NULL,
	"status" text NOT NULL,
	"reason" text,
	"amount_minor" bigint NOT NULL,
	"currency" text NOT NULL,
	"evidence_due_by" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "fraud_warnings" (
	"id" text PRIMARY KEY NOT NULL,
	"state" text NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"charge_id" text NOT NULL,
	"seen_at" timestamp with time zone DEFAULT dc_now() NOT NULL,
	"cause" text NOT NULL,
	"cause_reference" text,
	"created_at" timestamp with time zone DEFAULT dc_now() NOT NULL,
	"fraud_type" text
);
--> statement-breakpoint
CREATE TABLE "refunds" (
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
	"amount_minor" bigint NOT NULL,
	"currency" text NOT NULL,
	"reason" text,
	"metadata" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"origin" text NOT NULL,
	"stripe_refund_id" text,
	"create_number" integer DEFAULT 1 NOT NULL,
	"create_opened_at" timestamp with time zone,
	"listed_at" timestamp with time zone,
	"failure_reason" text,
	"detail" text,
	"settled_at" timestamp with time zone,
	CONSTRAINT "refunds_stripe_refund_id_key" UNIQUE("stripe_refund_id"),
	CONSTRAINT "refunds_amount_check" CHECK ("refunds"."amount_minor" > 0),
	CONSTRAINT "refunds_origin_check" CHECK ("refunds"."origin" in ('api', 'stripe')),
	CONSTRAINT "refunds_made_check" CHECK ("refunds"."origin" = 'api' or "refunds"."stripe_refund_id" is not null),
	CONSTRAINT "refunds_bound_check" CHECK (state not in ('pending', 'requires_action', 'succeeded') or "refunds"."stripe_refund_id" is not null),
	CONSTRAINT "refunds_settled_check" CHECK ((state in ('succeeded', 'failed', 'canceled')) = (settled_at is not null))
);
--> statement-breakpoint
ALTER TABLE "disputes" ADD CONSTRAINT "disputes_charge_id_charges_id_fk" FOREIGN KEY ("charge_id") REFERENCES "public"."charges"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "fraud_warnings" ADD CONSTRAINT "fraud_warnings_charge_id_charges_id_fk" FOREIGN KEY ("charge_id") REFERENCES "public"."charges"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "refunds" ADD CONSTRAINT "refunds_charge_id_charges_id_fk" FOREIGN KEY ("charge_id") REFERENCES "public"."charges"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "disputes_charge_idx" ON "disputes" USING btree ("charge_id");--> statement-breakpoint
CREATE INDEX "disputes_open_idx" ON "disputes" USING btree ("seen_at") WHERE state = 'open';--> statement-breakpoint
CREATE INDEX "fraud_warnings_charge_idx" ON "fraud_warnings" USING btree ("charge_id");--> statement-breakpoint
CREATE INDEX "refunds_due_idx" ON "refunds" USING btree ("due_at") WHERE due_at is not null;--> statement-breakpoint
CREATE INDEX "refunds_review_idx" ON "refunds" USING btree ("id") WHERE state = 'needs_review';--> statement-breakpoint
CREATE INDEX "refunds_charge_idx" ON "refunds" USING btree ("charge_id","created_at");--> statement-breakpoint
CREATE INDEX "refunds_created_idx" ON "refunds" USING btree ("created_at","id");
--> statement-breakpoint
-- Money goes back (docs/protocol.md, 19). A refund is a row like any other; what banks say of a payment is a fact beside it.
create trigger refunds_guard_birth before insert on refunds for each row execute function guard_obligation('refund');
--> statement-breakpoint
create trigger refunds_guard before update on refunds for each row
  when (old.state is distinct from new.state or old.version is distinct from new.version)
  execute function guard_obligation('refund');
--> statement-breakpoint
create trigger refunds_revise before update of revision on refunds for each row
  when (new.revision > old.revision) execute function draw_revision();
--> statement-breakpoint
create trigger refunds_birth after insert on refunds referencing new table as new_rows
  for each statement execute function note_moves('refund');
--> statement-breakpoint
create trigger refunds_moves after update on refunds referencing old table as old_rows new table as new_rows
  for each statement execute function note_moves('refund');
--> statement-breakpoint
-- Not `guard_obligation`, which takes the lease from a row that ends: facts have none.
create function guard_fact() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and new.state <> old.state then
    if not exists (select from allowed_transitions a where a.entity = tg_argv[0]
                   and a.from_state = old.state and a.to_state = new.state) then
      raise exception 'illegal % transition % -> %', tg_argv[0], old.state, new.state using errcode = 'DC001';
    end if;
    new.version := old.version + 1;
  end if;
  return new;
end
$$;
--> statement-breakpoint
create trigger disputes_guard before update on disputes for each row execute function guard_fact('dispute');
--> statement-breakpoint
create trigger disputes_birth after insert on disputes referencing new table as new_rows
  for each statement execute function note_moves('dispute');
--> statement-breakpoint
create trigger disputes_moves after update on disputes referencing old table as old_rows new table as new_rows
  for each statement execute function note_moves('dispute');
--> statement-breakpoint
create trigger fraud_warnings_guard before update on fraud_warnings for each row execute function guard_fact('fraud_warning');
--> statement-breakpoint
create trigger fraud_warnings_birth after insert on fraud_warnings referencing new table as new_rows
  for each statement execute function note_moves('fraud_warning');
--> statement-breakpoint
create trigger fraud_warnings_moves after update on fraud_warnings referencing old table as old_rows new table as new_rows
  for each statement execute function note_moves('fraud_warning');
--> statement-breakpoint
create trigger refunds_no_delete before delete on refunds for each row execute function refuse_rewrite();
--> statement-breakpoint
create trigger disputes_no_delete before delete on disputes for each row execute function refuse_rewrite();
--> statement-breakpoint
create trigger fraud_warnings_no_delete before delete on fraud_warnings for each row execute function refuse_rewrite();
--> statement-breakpoint

-- What is open or gone back of a charge, by our own account: what was refused or taken back is none of it.
create function refunded_minor(p_charge text) returns bigint language sql stable as $$
  select coalesce(sum(r.amount_minor), 0)::bigint from refunds r
  where r.charge_id = p_charge and r.state not in ('failed', 'canceled')
$$;
--> statement-breakpoint

-- The last wall: a refund never becomes another, and never is one asked for of what was not received. What was made at
-- Stripe is a fact, whatever it adds up to.
create function guard_refund() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' then
    if (new.charge_id, new.amount_minor, new.currency, new.origin) <> (old.charge_id, old.amount_minor, old.currency, old.origin)
       or (old.stripe_refund_id is not null and new.stripe_refund_id is distinct from old.stripe_refund_id)
       or new.create_number < old.create_number then
      raise exception 'what a refund gives back never changes' using errcode = 'DC002';
    end if;
  elsif new.state = 'queued' and new.amount_minor + refunded_minor(new.charge_id) > (
      select coalesce(c.amount_received_minor, 0) from charges c where c.id = new.charge_id) then
    raise exception 'more would go back than was received' using errcode = 'DC002';
  end if;
  return new;
end
$$;
--> statement-breakpoint
create trigger refunds_guard_money before insert or update on refunds for each row execute function guard_refund();
--> statement-breakpoint

-- Whether Stripe has it, so that it counts as gone back or on its way.
create function is_refunded(r refunds) returns boolean language sql immutable as $$
  select r.stripe_refund_id is not null and r.state not in ('failed', 'canceled')
$$;
--> statement-breakpoint
create function tell_refunded() returns trigger language plpgsql as $$
begin
  if is_refunded(new) is distinct from (case tg_op when 'UPDATE' then is_refunded(old) else false end) then
    perform tell_charges(array['charge.refunded'], array[new.charge_id], array[new.cause], array[new.id]);
  end if;
  return null;
end
$$;
--> statement-breakpoint
create trigger refunds_tell_charge after insert or update on refunds for each row execute function tell_refunded();
--> statement-breakpoint

-- Takes in a refund of a charge, under its lock: two at once never give back more than was received. `p_amount` null: all
-- that is left. Asked for again under the same id it is the one that is there, also where Stripe's word brought it back after
-- rows had been lost.
create function take_refund(
  p_id text, p_charge text, p_amount bigint, p_reason text, p_metadata jsonb, p_cause text, p_reference text
) returns table (refusal text, left_minor bigint, made refunds) language plpgsql rows 1 as $$
declare
  v_charge charges;
begin
  select * into v_charge from charges c where c.id = p_charge for update;
  if not found then
    refusal := 'charge_unknown';
    return next;
    return;
  end if;
  select * into made from refunds r where r.id = p_id;
  if found then
    if made.charge_id <> p_charge or made.amount_minor <> coalesce(p_amount, made.amount_minor) then
      refusal := 'request_differs';
    end if;
    return next;
    return;
  end if;
  left_minor := coalesce(v_charge.amount_received_minor, 0) - refunded_minor(p_charge);
  refusal := case
    when v_charge.state <> 'succeeded' then 'not_succeeded'
    when exists (select from disputes d where d.charge_id = p_charge and d.status not like 'warning\_%'
                 and (d.state = 'open' or d.status = 'lost')) then 'charge_disputed'
    when left_minor < 1 then 'already_refunded'
    when p_amount > left_minor then 'refund_exceeds' end;
  if refusal is null then
    insert into refunds (id, state, due_at, charge_id, amount_minor, currency, reason, metadata, origin, cause, cause_reference)
    values (p_id, 'queued', dc_now(), p_charge, coalesce(p_amount, left_minor), v_charge.currency, p_reason, p_metadata, 'api',
            p_cause, p_reference)
    returning * into made;
  end if;
  return next;
end
$$;
--> statement-breakpoint

-- Brings what Stripe says of one refund of a charge to its row, whoever carries it: found by its id, or by our mark on it, else
-- written down as it is. A mark whose row is missing was ours before rows were lost. Neither order nor repetition matters: what
-- the machine does not allow is old news. `p_look_ms`: when to look again at what has not ended.
create function bring_refund(
  p_charge text, p_mark text, p_new_id text, p_stripe_id text, p_status text, p_amount bigint, p_currency text, p_reason text,
  p_failure text, p_created timestamptz, p_look_ms double precision, p_cause text, p_reference text
) returns table (id text, result text) language plpgsql rows 1 as $$
declare
  v_is refunds;
  v_is_born boolean := false;
begin
  perform 1 from charges c where c.id = p_charge for update;
  if not found then
    result := 'unknown_charge';
    return next;
    return;
  end if;
  select * into v_is from refunds r where r.stripe_refund_id = p_stripe_id for update;
  if not found and p_mark is not null then
    select * into v_is from refunds r
      where r.id = p_mark and r.charge_id = p_charge and r.stripe_refund_id is null for update;
    if found and (v_is.amount_minor, v_is.currency) <> (p_amount, p_currency) then
      update refunds r set state = 'needs_review', detail = 'request_differs', due_at = null, claim_token = null,
        lease_until = null, offered_at = null, revision = r.revision + 1, cause = p_cause, cause_reference = p_stripe_id
        where r.id = v_is.id and r.state = 'queued';
      v_is := null;
    end if;
  end if;
  if v_is.id is null then
    v_is_born := true;
    insert into refunds (id, state, due_at, charge_id, amount_minor, currency, reason, origin, stripe_refund_id, cause,
                         cause_reference, created_at)
    select case when m.is_lost then p_mark else p_new_id end, 'pending',
           dc_now() + p_look_ms * interval '1 millisecond', p_charge, p_amount, p_currency, p_reason,
           case when m.is_lost then 'api' else 'stripe' end, p_stripe_id, p_cause, p_reference, p_created
    from (select p_mark is not null and not exists (select from refunds r where r.id = p_mark) as is_lost) m
    returning * into v_is;
  end if;
  id := v_is.id;
  if v_is.state = p_status then
    result := case when v_is_born then 'brought' else 'same' end;
  elsif not exists (select from allowed_transitions a
                    where a.entity = 'refund' and a.from_state = v_is.state and a.to_state = p_status) then
    result := 'stale';
  else
    update refunds r set
      state = p_status, stripe_refund_id = coalesce(r.stripe_refund_id, p_stripe_id), detail = null,
      failure_reason = case when p_status in ('failed', 'canceled') then p_failure end,
      settled_at = case when p_status in ('succeeded', 'failed', 'canceled') then dc_now() end,
      due_at = case when p_status in ('pending', 'requires_action') then dc_now() + p_look_ms * interval '1 millisecond' end,
      tries = 0, claim_token = null, lease_until = null, offered_at = null, revision = r.revision + 1,
      cause = p_cause, cause_reference = p_reference
      where r.id = v_is.id;
    result := 'brought';
  end if;
  if v_is_born and v_is.origin = 'api' then
    result := 'recovered';
  end if;
  return next;
end
$$;
--> statement-breakpoint

-- The method that paid a charge: Stripe's word, else the attempt's, else the charge's own.
create function method_that_paid(c charges) returns text language sql stable as $$
  select coalesce(c.paid_with, (select a.payment_method_id from charge_attempts a
                                where a.charge_id = c.id and a.state = 'succeeded' limit 1), c.payment_method_id)
$$;
--> statement-breakpoint

-- Brings what Stripe says of a dispute to its charge. When money is first asked back, its customer's agreement about the card
-- is closed to what nobody presses, until somebody says otherwise; an inquiry (`warning_…`) only asks. A person sees it as a
-- break until it has ended. What was final in a later word is not undone by an older one, unless it was read just now.
create function bring_dispute(
  p_charge text, p_id text, p_status text, p_reason text, p_amount bigint, p_currency text, p_due_by timestamptz,
  p_created timestamptz, p_is_current boolean, p_cause text, p_reference text
) returns text language plpgsql as $$
declare
  v_state text := case when p_status in ('won', 'lost', 'warning_closed', 'prevented') then 'closed' else 'open' end;
  v_was disputes;
begin
  perform lock_cards(array[p_charge], array(select method_that_paid(c) from charges c where c.id = p_charge));
  perform 1 from charges c where c.id = p_charge for update;
  select * into v_was from disputes d where d.id = p_id for update;
  if not found then
    insert into disputes (id, state, charge_id, status, reason, amount_minor, currency, evidence_due_by, created_at, cause,
                          cause_reference)
    values (p_id, 'open', p_charge, p_status, p_reason, p_amount, p_currency, p_due_by, p_created, p_cause, p_reference);
  elsif v_was.state = 'closed' and v_state = 'open' and not p_is_current then
    return 'stale';
  end if;
  -- An appeal opens nothing again.
  v_state := case when v_was.state = 'closed' then 'closed' else v_state end;
  if p_status not like 'warning\_%' and (v_was.id is null or v_was.status like 'warning\_%') then
    insert into card_verdicts as v (card_id, customer_id, data, reason, asks, charge_id, at)
    select m.card_id, m.customer_id, '', 'disputed', 'replace', c.id, dc_now()
    from charges c join payment_methods m on m.id = method_that_paid(c) where c.id = p_charge
    on conflict (card_id, customer_id, data) do update set reason = excluded.reason, asks = excluded.asks,
      charge_id = excluded.charge_id, at = excluded.at, lifted_at = null;
  end if;
  update disputes d set
    state = v_state, status = p_status, reason = coalesce(p_reason, d.reason), amount_minor = p_amount,
    evidence_due_by = coalesce(p_due_by, d.evidence_due_by), seen_at = dc_now(), cause = p_cause, cause_reference = p_reference
    where d.id = p_id;
  insert into breaks as b (kind, entity_id, stripe_id, observed, closed_by)
  values ('dispute', p_charge, p_id,
          jsonb_build_object('status', p_status, 'reason', p_reason, 'amount_minor', p_amount),
          case when v_state = 'closed' then 'stripe: ' || p_status end)
  on conflict (kind, entity_id) do update set
    stripe_id = excluded.stripe_id, observed = excluded.observed, last_seen_at = dc_now(),
    closed_by = case when excluded.closed_by is null and b.stripe_id = excluded.stripe_id
                      and b.observed ->> 'status' = p_status then b.closed_by
                     else excluded.closed_by end
  where b.stripe_id is not distinct from excluded.stripe_id or b.closed_by is not null or v_state = 'open';
  return case when v_was.id is null then 'opened' when v_was.state <> v_state then v_state
              when v_was.status <> p_status then 'changed' else 'same' end;
end
$$;
--> statement-breakpoint

-- Brings what Stripe says of an early fraud warning; true when it is news.
create function bring_fraud_warning(
  p_charge text, p_id text, p_fraud_type text, p_actionable boolean, p_created timestamptz, p_cause text, p_reference text
) returns boolean language plpgsql as $$
declare
  v_state constant text := case when p_actionable then 'actionable' else 'over' end;
begin
  perform 1 from charges c where c.id = p_charge for update;
  insert into fraud_warnings (id, state, charge_id, fraud_type, created_at, cause, cause_reference)
  values (p_id, v_state, p_charge, p_fraud_type, p_created, p_cause, p_reference)
  on conflict do nothing;
  if found then
    return true;
  end if;
  update fraud_warnings w set state = v_state, seen_at = dc_now(), cause = p_cause, cause_reference = p_reference
    where w.id = p_id and w.state = 'actionable';
  return false;
end
$$;
--> statement-breakpoint

-- A refund as the API shows it, and what it shows of disputes and warnings.
create function refund_facts(r refunds) returns jsonb language sql stable as $$
  select shown_row(to_jsonb(r)) - array['create_number', 'create_opened_at', 'listed_at']
$$;
--> statement-breakpoint
create function refunds_of(p_charge text) returns jsonb language sql stable as $$
  select coalesce(jsonb_agg(refund_facts(r) order by r.created_at, r.id), '[]') from refunds r where r.charge_id = p_charge
$$;
--> statement-breakpoint
create function disputes_of(p_charge text) returns jsonb language sql stable as $$
  select coalesce(jsonb_agg(jsonb_build_object(
      'id', d.id, 'status', d.status, 'reason', d.reason, 'amount_minor', d.amount_minor,
      'evidence_due_by', d.evidence_due_by) order by d.created_at, d.id), '[]')
  from disputes d where d.charge_id = p_charge
$$;
--> statement-breakpoint
create function fraud_warning_of(p_charge text) returns jsonb language sql stable as $$
  select jsonb_build_object('id', w.id, 'fraud_type', w.fraud_type, 'actionable', w.state = 'actionable',
                            'created_at', w.created_at)
  from fraud_warnings w where w.charge_id = p_charge order by w.created_at desc, w.id desc limit 1
$$;
--> statement-breakpoint
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
      c.amount_received_minor, c.paid_with, c.detail, c.last_error, c.settled_at,
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
           then fraud_warning_of(c.id) end as early_fraud_warning) shown) f
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

-- With the evidence of a customer goes what merchants have written on refunds: from the rows, and from what was told.
create function forget_refunds() returns trigger
language plpgsql security definer set search_path = public, pg_temp set duecourse.forgetting = 'on' as $$
declare
  v_charges constant text[] := array(select c.id from charges c where c.customer_id = new.id);
  v_refunds constant text[] := array(select r.id from refunds r where r.charge_id = any(v_charges) order by r.id for update);
begin
  update refunds r set metadata = '{}', revision = r.revision + 1 where r.id = any(v_refunds) and r.metadata <> '{}';
  update events e set facts = e.facts - 'metadata' where e.object = 'refund' and e.object_id = any(v_refunds);
  update events e set facts = jsonb_set(e.facts, '{refunds}', (
      select jsonb_agg(x - 'metadata') from jsonb_array_elements(e.facts -> 'refunds') x))
    where e.object = 'charge' and e.object_id = any(v_charges) and jsonb_array_length(e.facts -> 'refunds') > 0;
  return null;
end
$$;
--> statement-breakpoint
create trigger customers_forget_refunds after update on customers for each row
  when (old.erased_at is null and new.erased_at is not null) execute function forget_refunds();
--> statement-breakpoint

-- The machines anew: refunds, disputes and early fraud warnings.
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
  ('setup', 'needs_review', 'succeeded');
