ALTER TABLE "customers" DROP CONSTRAINT "customers_bound_check";--> statement-breakpoint
ALTER TABLE "customers" ADD COLUMN "forgotten_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "customers" ADD COLUMN "evidence_until" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "customers" ADD COLUMN "erased_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "customers" ADD COLUMN "reference_hash" "bytea";--> statement-breakpoint
CREATE INDEX "customers_reference_hash_idx" ON "customers" USING btree ("reference_hash") WHERE reference_hash is not null;--> statement-breakpoint
CREATE INDEX "inbox_events_object_idx" ON "inbox_events" USING btree ("object_id") WHERE object_id is not null;--> statement-breakpoint
CREATE INDEX "idempotency_keys_entity_idx" ON "idempotency_keys" USING btree ("entity_id") WHERE entity_id not like 'chg%';--> statement-breakpoint
ALTER TABLE "customers" ADD CONSTRAINT "customers_forgotten_check" CHECK ((forgotten_at is null and state not in ('erasing', 'erased'))
          or (forgotten_at is not null and email = '' and name is null and locale is null and time_zone is null and reference is null and metadata = '{}' and stopped_at is not null
              and state in ('erasing', 'erased', 'needs_review')));--> statement-breakpoint
ALTER TABLE "customers" ADD CONSTRAINT "customers_erased_check" CHECK (state <> 'erased' or erased_at is not null);--> statement-breakpoint
ALTER TABLE "customers" ADD CONSTRAINT "customers_bound_check" CHECK ((state = 'bound') = (stripe_customer_id is not null) or state in ('needs_review', 'erasing', 'erased'));
--> statement-breakpoint

-- A person asks to be forgotten (docs/protocol.md, 12.8).
--
-- What of a reference is kept once its customer is forgotten: enough to know it again, and nothing to read.
create function reference_mark(p_reference text) returns bytea language sql stable as $$
  select sha256(i.derive_key || convert_to('reference:' || p_reference, 'UTF8')) from instance i
$$;
--> statement-breakpoint

-- Nothing is agreed to by a customer who is forgotten, and no card of theirs comes on file: whichever statement writes it, of
-- whichever release, and however late the news is. Whoever forgets a customer takes the row's lock first, so what is being
-- written here comes before, and is found, or after, and finds this. The lock is the one that a default needs, too.
create function refuse_forgotten() returns trigger language plpgsql as $$
declare
  v_forgotten timestamptz;
begin
  select u.forgotten_at into v_forgotten from customers u where u.id = new.customer_id for share;
  if v_forgotten is not null then
    raise exception 'customer % is erased', new.customer_id using errcode = 'DC004';
  end if;
  return new;
end
$$;
--> statement-breakpoint
create trigger consents_refuse_forgotten before insert on consents
  for each row execute function refuse_forgotten();
--> statement-breakpoint
create function forget_card() returns trigger language plpgsql as $$
declare
  v_forgotten timestamptz;
begin
  if tg_op = 'INSERT' then
    select u.forgotten_at into v_forgotten from customers u where u.id = new.customer_id for no key update;
    if v_forgotten is null then
      return new;
    end if;
    new.card_brand := null;
    new.card_last4 := null;
    new.card_exp_month := null;
    new.card_exp_year := null;
    new.fingerprint_hash := null;
    new.mandate_id := null;
    if new.state in ('usable', 'unusable') then
      new.state := 'detaching';
      new.due_at := dc_now();
    end if;
    return new;
  end if;
  -- Whoever forgets a customer holds their methods: this is one that was written before, or one that sees it.
  select u.forgotten_at into v_forgotten from customers u where u.id = new.customer_id;
  if v_forgotten is not null then
    new.card_brand := case when new.card_brand is not null then old.card_brand end;
    new.card_last4 := case when new.card_last4 is not null then old.card_last4 end;
    new.card_exp_month := case when new.card_exp_month is not null then old.card_exp_month end;
    new.card_exp_year := case when new.card_exp_year is not null then old.card_exp_year end;
    new.fingerprint_hash := case when new.fingerprint_hash is not null then old.fingerprint_hash end;
    new.mandate_id := case when new.mandate_id is not null then old.mandate_id end;
  end if;
  return new;
end
$$;
--> statement-breakpoint
create trigger payment_methods_forget_card
  before insert or update of card_brand, card_last4, card_exp_month, card_exp_year, fingerprint_hash, mandate_id
  on payment_methods for each row execute function forget_card();
--> statement-breakpoint

-- Until when the evidence of a customer's payments is needed: as long as one may come back by the rules of what it was paid
-- with, and a day more at a time while money is asked back, or a person has to look. A method that is not on file counts as
-- one of no known rules. Null: nothing was ever paid. `p_spans` has ISO 8601 spans by type of method, and `other`.
create function evidence_needed_until(p_customer text, p_spans jsonb) returns timestamptz language sql stable as $$
  select greatest(
    (select max((c.settled_at at time zone 'UTC' + coalesce(p_spans ->> m.type, p_spans ->> 'other')::interval)
                at time zone 'UTC')
     from charges c
     left join payment_methods m on m.id = coalesce(c.paid_with, (
       select a.payment_method_id from charge_attempts a
       where a.charge_id = c.id and a.state = 'succeeded' order by a.number desc limit 1), c.payment_method_id)
     where c.customer_id = p_customer and c.state = 'succeeded'),
    (select dc_now() + interval '1 day' where exists (
       select from charges c join breaks b on b.entity_id = c.id
       where c.customer_id = p_customer and b.closed_by is null
         and not (b.kind = 'dispute' and coalesce(b.observed ->> 'status', '') in ('won', 'lost', 'warning_closed')))))
$$;
--> statement-breakpoint

-- Takes the evidence: what was agreed to, the cards, what the charges were for, and what the merchant called them, wherever
-- it stands. Ids, amounts, currencies, states and times stay. What is still being ended at Stripe keeps what its requests are
-- made of until it has ended: whoever asks for this asks again then. Consents, methods and customer are locked already.
create function forget_evidence(p_customer text) returns void language plpgsql as $$
declare
  v_methods constant text[] := array(select m.id from payment_methods m where m.customer_id = p_customer);
  v_cards constant text[] := array(select m.card_id from payment_methods m where m.customer_id = p_customer);
  v_charges constant text[] := array(select c.id from charges c where c.customer_id = p_customer);
  v_setups constant text[] := array(
    select s.id from setups s where s.customer_id = p_customer and s.settled_at is not null);
begin
  perform 1 from cards k where k.id = any(v_cards) order by k.id for update;
  perform 1 from charges c where c.id = any(v_charges) order by c.id for update;
  perform 1 from setups s where s.id = any(v_setups) order by s.id for update;
  -- A verdict is about the card of whoever has it.
  delete from card_verdicts v
    where v.customer_id = p_customer
       or v.customer_id = '' and v.card_id = any(v_cards || v_methods)
          and not exists (select from payment_methods m join customers u on u.id = m.customer_id
                          where m.card_id = v.card_id and u.id <> p_customer and u.forgotten_at is null);
  update consents n set text = '', text_version = '', amount_basis = ''
    where n.customer_id = p_customer and n.text <> '';
  update payment_methods m set card_brand = null, card_last4 = null, card_exp_month = null, card_exp_year = null,
    renewed_at = null, fingerprint_hash = null, mandate_id = null, revision = m.revision + 1
    where m.id = any(v_methods)
      and num_nonnulls(m.card_brand, m.card_last4, m.card_exp_month, m.card_exp_year, m.renewed_at, m.fingerprint_hash,
                       m.mandate_id) > 0;
  update charges c set description = '', reference = null, metadata = '{}', document = null, revision = c.revision + 1
    where c.id = any(v_charges) and (c.description <> '' or c.metadata <> '{}' or num_nonnulls(c.reference, c.document) > 0);
  update setups s set metadata = '{}', return_url = '', request_hash = null, mandate_id = null, revision = s.revision + 1
    where s.id = any(v_setups)
      and (s.metadata <> '{}' or s.return_url <> '' or num_nonnulls(s.request_hash, s.mandate_id) > 0);
  update deliveries d set payload = d.payload || '{"metadata": {}}'
      || case when d.payload ? 'reference' then '{"reference": null}'::jsonb else '{}' end
    where d.entity_id = any(v_charges || v_setups)
      and (d.payload -> 'metadata' <> '{}' or d.payload ->> 'reference' is not null);
  -- Of the events of earlier releases, which kept more of them.
  update inbox_events e set
    projection = case when e.projection #> '{snapshot,card}' is null then e.projection
                      else jsonb_set(e.projection, '{snapshot,card}', 'null') end #- '{snapshot,metadata,reference}'
    where e.object_id = any(v_methods || array(
      select c.stripe_payment_intent_id from charges c where c.id = any(v_charges) and c.stripe_payment_intent_id is not null))
      and jsonb_typeof(e.projection) = 'object';
end
$$;
--> statement-breakpoint

-- Forgets a customer: stops them as `stop_customer` does, takes their methods off file, and takes what is known of their
-- person, all or nothing. Refused while a charge is open, which this names, a few of many. Whose evidence is not needed loses
-- it at once. Twice is once. `p_look_in_s`: when to look for what a create made that may still be on its way to Stripe.
create function erase_customer(p_id text, p_spans jsonb, p_look_in_s int, p_named_max int, p_reference text)
returns table (outcome text, charge_ids text[], more int, setup_ids text[], method_ids text[])
language plpgsql as $$
declare
  v_was customers;
  v_until timestamptz;
  v_is_made boolean;
begin
  charge_ids := '{}'; more := 0; setup_ids := '{}'; method_ids := '{}';
  perform 1 from consents n where n.customer_id = p_id order by n.id for update;
  perform 1 from payment_methods m where m.customer_id = p_id order by m.id for update;
  select * into v_was from customers u where u.id = p_id for no key update;
  if not found then
    return;
  end if;
  outcome := 'erased';
  if v_was.forgotten_at is not null then
    return next;
    return;
  end if;
  charge_ids := array(select c.id from charges c
    where c.customer_id = p_id and c.state not in ('succeeded', 'failed', 'canceled') order by c.created_at, c.id);
  if cardinality(charge_ids) > 0 then
    outcome := 'charges_open';
    more := greatest(cardinality(charge_ids) - p_named_max, 0);
    charge_ids := charge_ids[1:p_named_max];
    return next;
    return;
  end if;
  v_until := evidence_needed_until(p_id, p_spans);
  v_until := case when v_until > dc_now() then v_until end;
  v_is_made := v_was.stripe_customer_id is not null or v_was.create_opened_at is not null;
  update consents n set revoked_at = coalesce(n.revoked_at, dc_now()), ip_address = null, user_agent = null
    where n.customer_id = p_id;
  with withdrawn as (
    update payment_methods m set
      state = case when exists (select from charge_attempts a where a.payment_method_id = m.id and a.state = 'open')
                   then 'withdrawn' else 'detaching' end,
      due_at = dc_now(), offered_at = null, revision = m.revision + 1, cause = 'erasure', cause_reference = p_reference
    where m.customer_id = p_id and m.state in ('usable', 'unusable', 'needs_review')
    returning m.id
  ) select coalesce(array_agg(w.id), '{}') into method_ids from withdrawn w;
  -- The lease stays with its holder: what is on the wire must return before anything else is said.
  update customers u set
    state = 'erasing', forgotten_at = dc_now(), stopped_at = coalesce(u.stopped_at, dc_now()),
    evidence_until = v_until, erased_at = case when v_until is null then dc_now() end,
    reference_hash = reference_mark(u.reference), reference = null,
    email = '', name = null, locale = null, time_zone = null, metadata = '{}',
    -- Stripe holds, or is being told, what is not known here any more: all of it is told anew, under another key.
    told = case when v_is_made and u.detail is distinct from 'stripe_customer_deleted' then '{}'::jsonb end,
    telling = null, update_number = u.update_number + 1,
    default_payment_method_id = null, waking = '{}', waking_charge_id = null,
    detail = case when u.detail = 'stripe_customer_deleted' then u.detail end,
    due_at = case when u.stripe_customer_id is null and u.create_opened_at is not null
                  then dc_now() + make_interval(secs => p_look_in_s) else dc_now() end,
    tries = 0, offered_at = null, revision = u.revision + 1, cause = 'erasure', cause_reference = p_reference
    where u.id = p_id;
  if v_until is null then
    perform forget_evidence(p_id);
  end if;
  update recoveries r set link_version = r.link_version + 1, revision = r.revision + 1
    from charges c where c.customer_id = p_id and r.charge_id = c.id;
  perform 1 from setups s where s.customer_id = p_id order by s.id for update;
  update setups s set accepted_ip_address = null, accepted_user_agent = null where s.customer_id = p_id;
  with closing as (
    update setups s set state = 'closing', close_as = 'canceled', close_requested_at = dc_now(), due_at = dc_now(),
      offered_at = null, revision = s.revision + 1, cause = 'erasure', cause_reference = p_reference
    where s.customer_id = p_id and s.state in ('queued', 'awaiting_customer', 'processing')
    returning s.id
  ) select coalesce(array_agg(c.id), '{}') into setup_ids from closing c;
  update messages m set state = 'suppressed', due_at = null, detail = 'customer_erased', revision = m.revision + 1,
    cause = 'erasure', cause_reference = p_reference
    from recoveries r join charges c on c.id = r.charge_id
    where c.customer_id = p_id and m.recovery_id = r.id and m.state in ('queued', 'sending');
  -- A key may say what its merchant likes, and its hash is of a request that names the person.
  delete from idempotency_keys k
    where k.entity_id not like 'chg%' and k.entity_id = any(
      array(select p_id union select s.id from setups s where s.customer_id = p_id
            union select n.id from consents n where n.customer_id = p_id
            union select m.id from payment_methods m where m.customer_id = p_id));
  return next;
end
$$;
--> statement-breakpoint

-- One step of a customer who is being erased, by whoever holds the lease: takes the evidence when nothing of it is needed any
-- more, else waits for that day; and then what was still being ended at Stripe, every `p_look_in_s` until all of it has ended.
create function finish_erasure(p_id text, p_lease int, p_spans jsonb, p_look_in_s int) returns text language plpgsql as $$
declare
  v_was customers;
  v_until timestamptz;
  v_is_over boolean;
begin
  perform 1 from consents n where n.customer_id = p_id order by n.id for update;
  perform 1 from payment_methods m where m.customer_id = p_id order by m.id for update;
  select * into v_was from customers u
    where u.id = p_id and u.lease_number = p_lease and u.state = 'erasing' for no key update;
  if not found then
    return null;
  end if;
  v_until := case when v_was.erased_at is null then evidence_needed_until(p_id, p_spans) end;
  if v_until > dc_now() then
    update customers u set evidence_until = v_until, due_at = v_until, tries = 0, claim_token = null, lease_until = null,
      offered_at = null, revision = u.revision + 1, cause = 'worker', cause_reference = 'evidence_needed'
      where u.id = p_id;
    return 'waiting';
  end if;
  perform forget_evidence(p_id);
  v_is_over := not exists (select from setups s where s.customer_id = p_id and s.settled_at is null)
    and not exists (select from payment_methods m where m.customer_id = p_id and m.state <> 'detached');
  update customers u set
    erased_at = coalesce(u.erased_at, dc_now()), state = case when v_is_over then 'erased' else 'erasing' end,
    due_at = case when not v_is_over then dc_now() + make_interval(secs => p_look_in_s) end,
    tries = 0, claim_token = null, lease_until = null, offered_at = null, revision = u.revision + 1,
    cause = 'worker', cause_reference = 'evidence_over'
    where u.id = p_id;
  return case when v_is_over then 'erased' else 'ending' end;
end
$$;
--> statement-breakpoint

-- The machines anew: a customer is `erasing`, then `erased`.
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
  ('customer', 'bound', 'bound', false),
  ('customer', 'needs_review', 'needs_review', false),
  ('customer', 'erasing', 'erasing', false),
  ('customer', 'erased', 'erased', true),
  ('inbox_event', 'received', 'received', false),
  ('inbox_event', 'applied', 'applied', true),
  ('inbox_event', 'ignored', 'ignored', false),
  ('inbox_event', 'parked', 'parked', false),
  ('message', 'queued', 'queued', false),
  ('message', 'sending', 'sending', false),
  ('message', 'sent', 'sent', true),
  ('message', 'merged', 'merged', true),
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
