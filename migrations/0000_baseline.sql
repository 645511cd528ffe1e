-- The tables, in the order of the story: who is charged, with what, for what, and what is kept about it.
--
-- A row that owes work is an obligation, and its table begins with the same five lines. `state` is where it stands,
-- `version` counts its moves and is what merchants see, `revision` counts every change that a decision could rest on.
-- `due_at` is business time (dc_now()); offers to the queue and leases run on the real clock. `tries` counts what went
-- wrong in a row; `cause` says who moved it last.

-- The one clock for due, expiry, retention and cadence: the database's, plus an offset that only test mode
-- writes. plpgsql, because it is needed by column defaults before the table it reads exists. STABLE and
-- statement_timestamp(), so that "due_at <= dc_now()" can use an index. Leases use clock_timestamp() instead.
create function dc_now() returns timestamptz language plpgsql stable as $$
begin
  return statement_timestamp()
    + coalesce((select clock_offset_ms from instance), 0) * interval '1 millisecond';
end
$$;
--> statement-breakpoint

-- Who this deployment is, and whether it may charge. One row, born here.
create table instance (
  "only" boolean default true primary key,
  instance_id text not null,
  derive_key bytea not null,
  charging_enabled boolean default true not null,
  charging_reason text,
  clock_offset_ms bigint default 0 not null,
  constraint instance_only_check check ("only")
);
--> statement-breakpoint
insert into instance (instance_id, derive_key)
values ('ins_' || replace(gen_random_uuid()::text, '-', ''),
        decode(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex'));
--> statement-breakpoint

-- Whom a merchant charges; bound once a customer at Stripe is theirs.
create table customers (
  id text primary key,
  state text not null, version integer default 1 not null, revision integer default 1 not null,
  due_at timestamptz, offer_number integer default 0 not null, offered_at timestamptz,
  claim_token uuid, lease_number integer default 0 not null, lease_until timestamptz,
  tries integer default 0 not null, cause text default 'api' not null, cause_reference text,
  created_at timestamptz default dc_now() not null,

  reference text constraint customers_reference_key unique,
  email text not null,
  name text,
  locale text,
  stripe_customer_id text constraint customers_stripe_customer_id_key unique,
  default_payment_method_id text,
  create_number integer default 1 not null,
  create_opened_at timestamptz,
  detail text,
  constraint customers_bound_check
    check ((state = 'bound') = (stripe_customer_id is not null) or state = 'needs_review')
);
--> statement-breakpoint
create index customers_due_idx on customers (due_at) where due_at is not null;
--> statement-breakpoint
create index customers_review_idx on customers (id) where state = 'needs_review';
--> statement-breakpoint

-- What a customer agreed to, in which words, and the evidence of it. With `collect` our own page asks for it later.
create table consents (
  id text primary key,
  customer_id text not null constraint consents_customer_id_customers_id_fk references customers,
  scope text not null,
  frequency text not null,
  amount_basis text not null,
  text text not null,
  text_version text not null,
  collect boolean default false not null,
  accepted_at timestamptz,
  ip_address text,
  user_agent text,
  revoked_at timestamptz,
  created_at timestamptz default dc_now() not null,
  constraint consents_scope_check check (scope in ('off_session', 'on_session')),
  constraint consents_frequency_check check (frequency in ('one_time', 'recurring')),
  constraint consents_evidence_check check (collect or accepted_at is not null)
);
--> statement-breakpoint
create index consents_customer_idx on consents (customer_id);
--> statement-breakpoint

-- A saved method, under Stripe's id.
create table payment_methods (
  id text primary key,
  state text not null, version integer default 1 not null, revision integer default 1 not null,
  due_at timestamptz, offer_number integer default 0 not null, offered_at timestamptz,
  claim_token uuid, lease_number integer default 0 not null, lease_until timestamptz,
  tries integer default 0 not null, cause text default 'api' not null, cause_reference text,
  created_at timestamptz default dc_now() not null,

  customer_id text not null constraint payment_methods_customer_id_customers_id_fk references customers,
  setup_id text,
  consent_id text constraint payment_methods_consent_id_consents_id_fk references consents,
  type text not null,
  card_brand text,
  card_last4 text,
  card_exp_month integer,
  card_exp_year integer,
  usage text not null,
  mandate_id text,
  detach_number integer default 1 not null,
  allow_redisplay text,
  update_number integer default 1 not null,
  detail text
);
--> statement-breakpoint
create index payment_methods_customer_idx on payment_methods (customer_id);
--> statement-breakpoint
create index payment_methods_due_idx on payment_methods (due_at) where due_at is not null;
--> statement-breakpoint
create index payment_methods_review_idx on payment_methods (id) where state = 'needs_review';
--> statement-breakpoint

-- A method being saved: one SetupIntent or one Checkout Session, and its end. What has begun at Stripe ends as failed,
-- canceled or expired only once Stripe has closed it. A merchant asks for it, under a consent, or a recovery does: at
-- most five times, one at a time, each time with its customer's acceptance of this one amount.
create table setups (
  id text primary key,
  state text not null, version integer default 1 not null, revision integer default 1 not null,
  due_at timestamptz, offer_number integer default 0 not null, offered_at timestamptz,
  claim_token uuid, lease_number integer default 0 not null, lease_until timestamptz,
  tries integer default 0 not null, cause text default 'api' not null, cause_reference text,
  created_at timestamptz default dc_now() not null,

  customer_id text not null constraint setups_customer_id_customers_id_fk references customers,
  consent_id text constraint setups_consent_id_consents_id_fk references consents,
  recovery_id text,
  recovery_number integer,
  accepted_amount_at timestamptz,
  accepted_ip_address text,
  accepted_user_agent text,
  usage text not null,
  via text not null,
  payment_method_types text[] not null,
  allow_redisplay text,
  return_url text not null,
  metadata jsonb default '{}'::jsonb not null,
  stripe_setup_intent_id text constraint setups_stripe_setup_intent_id_key unique,
  stripe_checkout_session_id text constraint setups_stripe_checkout_session_id_key unique,
  create_number integer default 1 not null,
  create_opened_at timestamptz,
  close_number integer default 1 not null,
  close_requested_at timestamptz,
  close_as text,
  stripe_closed_at timestamptz,
  session_instead_at timestamptz,
  expires_at timestamptz not null,
  failed_tries integer default 0 not null,
  payment_method_id text,
  mandate_id text,
  detail text,
  last_error jsonb,
  settled_at timestamptz,
  constraint setups_asked_check check ((recovery_id is null) = (recovery_number is null)),
  constraint setups_consent_check check (consent_id is not null or recovery_id is not null),
  constraint setups_recovery_number_check check (recovery_number between 1 and 5),
  constraint setups_usage_check check (usage in ('off_session', 'on_session')),
  constraint setups_via_check check (via in ('elements', 'checkout')),
  constraint setups_session_instead_check check (session_instead_at is null or via = 'elements'),
  constraint setups_settled_check
    check ((state in ('succeeded', 'failed', 'canceled', 'expired')) = (settled_at is not null)),
  constraint setups_proof_check
    check (state not in ('failed', 'canceled', 'expired')
           or (stripe_setup_intent_id is null and stripe_checkout_session_id is null) or stripe_closed_at is not null)
);
--> statement-breakpoint
create index setups_due_idx on setups (due_at) where due_at is not null;
--> statement-breakpoint
create index setups_review_idx on setups (id) where state = 'needs_review';
--> statement-breakpoint
create index setups_customer_idx on setups (customer_id, created_at);
--> statement-breakpoint
create unique index setups_recovery_number_key on setups (recovery_id, recovery_number) where recovery_id is not null;
--> statement-breakpoint
create unique index setups_one_open_key on setups (recovery_id)
  where recovery_id is not null and state in ('queued', 'awaiting_customer', 'processing');
--> statement-breakpoint

-- What is owed to the merchant's ledger: one charge, one PaymentIntent. It succeeds with the whole amount or not at all,
-- and fails or is canceled only once its PaymentIntent, if it has one, is proven canceled. A session that has put the
-- triggers aside ('replica') passes these three checks as well: a test that forges a success must get past both.
create table charges (
  id text primary key,
  state text not null, version integer default 1 not null, revision integer default 1 not null,
  due_at timestamptz, offer_number integer default 0 not null, offered_at timestamptz,
  claim_token uuid, lease_number integer default 0 not null, lease_until timestamptz,
  tries integer default 0 not null, cause text default 'api' not null, cause_reference text,
  created_at timestamptz default dc_now() not null,

  customer_id text not null constraint charges_customer_id_customers_id_fk references customers,
  payment_method_id text not null
    constraint charges_payment_method_id_payment_methods_id_fk references payment_methods,
  consent_id text not null constraint charges_consent_id_consents_id_fk references consents,
  one_time_consent_id text,
  amount_minor bigint not null,
  currency text not null,
  livemode boolean not null,
  description text not null,
  reference text,
  again_of text,
  scheduled_for timestamptz,
  metadata jsonb default '{}'::jsonb not null,
  warnings text[] default '{}' not null,
  stripe_payment_intent_id text constraint charges_stripe_payment_intent_id_key unique,
  create_number integer default 1 not null,
  create_opened_at timestamptz,
  cancel_number integer default 1 not null,
  close_requested_at timestamptz,
  close_as text,
  close_detail text,
  payment_intent_canceled_at timestamptz,
  amount_received_minor bigint,
  future_use_at timestamptz,
  detail text,
  last_error jsonb,
  settled_at timestamptz,
  constraint charges_amount_check check (amount_minor between 1 and 99999999),
  constraint charges_currency_check check (currency ~ '^[a-z]{3}$'),
  constraint charges_settled_check
    check (current_setting('session_replication_role') = 'replica'
           or ((state in ('succeeded', 'failed', 'canceled')) = (settled_at is not null))),
  constraint charges_succeeded_check
    check (current_setting('session_replication_role') = 'replica'
           or (state <> 'succeeded'
               or (stripe_payment_intent_id is not null
                   and amount_received_minor is not null and amount_received_minor = amount_minor))),
  constraint charges_proof_check
    check (current_setting('session_replication_role') = 'replica'
           or (state not in ('failed', 'canceled')
               or stripe_payment_intent_id is null or payment_intent_canceled_at is not null)),
  constraint charges_close_check check ((close_requested_at is null) = (close_as is null)),
  constraint charges_closing_check check (state <> 'closing' or close_requested_at is not null),
  constraint charges_close_as_check check (close_as in ('failed', 'canceled'))
);
--> statement-breakpoint
create index charges_due_idx on charges (due_at) where due_at is not null;
--> statement-breakpoint
create index charges_review_idx on charges (id) where state = 'needs_review';
--> statement-breakpoint
create index charges_unknown_idx on charges (id) where state = 'unknown';
--> statement-breakpoint
create index charges_leased_idx on charges (lease_until) where lease_until is not null;
--> statement-breakpoint
create index charges_created_idx on charges (created_at, id);
--> statement-breakpoint
create index charges_customer_idx on charges (customer_id, created_at);
--> statement-breakpoint
create index charges_reference_idx on charges (reference) where reference is not null;
--> statement-breakpoint
create index charges_consent_idx on charges (consent_id);
--> statement-breakpoint
-- Walls of their own: a reference and a one-time consent serve one charge that has not failed, and a charge is asked for
-- again once.
create unique index charges_reference_key on charges (reference) where state not in ('failed', 'canceled');
--> statement-breakpoint
create unique index charges_one_time_consent_key on charges (one_time_consent_id)
  where state not in ('failed', 'canceled');
--> statement-breakpoint
create unique index charges_again_of_key on charges (again_of) where again_of is not null;
--> statement-breakpoint

-- One confirm of a charge's PaymentIntent, written ahead of the request with the very bytes and key that it sends.
create table charge_attempts (
  charge_id text not null constraint charge_attempts_charge_id_charges_id_fk references charges,
  number integer not null,
  kind text not null,
  state text default 'open' not null,
  idempotency_key text not null constraint charge_attempts_idempotency_key_key unique,
  stripe_payment_intent_id text not null,
  payment_method_id text not null,
  request_body text not null,
  api_version text not null,
  lease_number integer not null,
  opened_status text,
  opened_latest_charge text,
  send_count integer default 1 not null,
  replayed_error_at timestamptz,
  looked_at timestamptz,
  stripe_charge_id text constraint charge_attempts_stripe_charge_id_key unique,
  stripe_request_id text,
  code text,
  decline_code text,
  advice_code text,
  resolved_by text,
  started_at timestamptz default dc_now() not null,
  ended_at timestamptz,
  constraint charge_attempts_pkey primary key (charge_id, number),
  constraint charge_attempts_kind_check check (kind in ('off_session', 'on_session')),
  constraint charge_attempts_number_check check (number between 1 and 8),
  constraint charge_attempts_ended_check
    check ((state in ('open', 'awaiting_customer', 'processing')) = (ended_at is null))
);
--> statement-breakpoint
-- The wall against charging twice: one attempt at a time.
create unique index charge_attempts_one_open_key on charge_attempts (charge_id)
  where state in ('open', 'awaiting_customer', 'processing');
--> statement-breakpoint

-- Bringing the customer back to a charge that only they can complete: the link, its cadence and its end.
create table recoveries (
  id text primary key,
  state text not null, version integer default 1 not null, revision integer default 1 not null,
  due_at timestamptz, offer_number integer default 0 not null, offered_at timestamptz,
  claim_token uuid, lease_number integer default 0 not null, lease_until timestamptz,
  tries integer default 0 not null, cause text default 'api' not null, cause_reference text,
  created_at timestamptz default dc_now() not null,

  charge_id text not null constraint recoveries_charge_id_charges_id_fk references charges,
  kind text not null,
  payment_method_id text not null,
  step integer default 0 not null,
  opened_at timestamptz default dc_now() not null,
  expires_at timestamptz not null,
  link_version integer default 1 not null,
  link_key_id text,
  link_nonce text not null,
  visited_at timestamptz,
  fresh_mail_at timestamptz,
  bounced_at timestamptz,
  closed_at timestamptz,
  constraint recoveries_kind_check check (kind in ('authenticate', 'replace')),
  constraint recoveries_closed_check
    check ((state in ('completed', 'expired', 'revoked')) = (closed_at is not null))
);
--> statement-breakpoint
create index recoveries_due_idx on recoveries (due_at) where due_at is not null;
--> statement-breakpoint
create index recoveries_opened_idx on recoveries (opened_at, state);
--> statement-breakpoint
create index recoveries_charge_idx on recoveries (charge_id, opened_at);
--> statement-breakpoint
create unique index recoveries_one_live_key on recoveries (charge_id) where state = 'open';
--> statement-breakpoint

-- Another card, entered on Stripe's page for a recovery: the setups that recoveries ask for, in the customer's words.
alter table setups add constraint setups_recovery_id_recoveries_id_fk foreign key (recovery_id) references recoveries;
--> statement-breakpoint
create view replacements as
select s.id, s.recovery_id, r.charge_id, s.recovery_number as number,
       case when s.state = 'processing' then 'awaiting_customer'
            when s.state = 'succeeded' and m.state in ('usable', 'unusable') and m.consent_id is null then 'completed'
            when s.state in ('succeeded', 'failed', 'canceled', 'expired') then 'closed'
            else s.state end as state,
       s.stripe_checkout_session_id, s.stripe_setup_intent_id, s.payment_method_id,
       s.accepted_amount_at, s.accepted_ip_address, s.accepted_user_agent, s.consent_id as default_consent_id,
       case when s.payment_method_id is not null then s.settled_at end as completed_at, s.detail, s.due_at, s.created_at
from setups s
join recoveries r on r.id = s.recovery_id
left join payment_methods m on m.id = s.payment_method_id;
--> statement-breakpoint

-- One mail of a recovery, once per step.
create table messages (
  id text primary key,
  state text not null, version integer default 1 not null, revision integer default 1 not null,
  due_at timestamptz, offer_number integer default 0 not null, offered_at timestamptz,
  claim_token uuid, lease_number integer default 0 not null, lease_until timestamptz,
  tries integer default 0 not null, cause text default 'api' not null, cause_reference text,
  created_at timestamptz default dc_now() not null,

  recovery_id text not null constraint messages_recovery_id_recoveries_id_fk references recoveries,
  step text not null,
  sent_at timestamptz,
  detail text,
  constraint messages_step_key unique (recovery_id, step)
);
--> statement-breakpoint
create index messages_due_idx on messages (due_at) where due_at is not null;
--> statement-breakpoint

-- What Stripe told us, under the event's id and once: a whitelisted projection, never the event itself.
create table inbox_events (
  id text primary key,
  state text not null, version integer default 1 not null, revision integer default 1 not null,
  due_at timestamptz, offer_number integer default 0 not null, offered_at timestamptz,
  claim_token uuid, lease_number integer default 0 not null, lease_until timestamptz,
  tries integer default 0 not null, cause text default 'api' not null, cause_reference text,
  created_at timestamptz default dc_now() not null,

  type text not null,
  object_type text not null,
  object_id text,
  request_key text,
  livemode boolean not null,
  stripe_created_at timestamptz not null,
  carrier text default 'webhook' not null,
  projection jsonb not null,
  detail text
);
--> statement-breakpoint
create index inbox_events_due_idx on inbox_events (due_at) where due_at is not null;
--> statement-breakpoint
create index inbox_events_parked_idx on inbox_events (id) where state = 'parked';
--> statement-breakpoint
create index inbox_events_request_key_idx on inbox_events (request_key) where request_key is not null;
--> statement-breakpoint

-- The states of every machine, what each is told as, and the moves that are legal at all.
create table states (
  entity text not null,
  state text not null,
  status text not null,
  terminal boolean not null,
  constraint states_pkey primary key (entity, state)
);
--> statement-breakpoint
create table allowed_transitions (
  entity text not null,
  from_state text not null,
  to_state text not null,
  constraint allowed_transitions_pkey primary key (entity, from_state, to_state)
);
--> statement-breakpoint

-- The timeline: every move of every row, written by the trigger that allowed it.
create table transitions (
  id bigint generated always as identity primary key,
  entity text not null,
  entity_id text not null,
  from_state text,
  to_state text not null,
  version integer not null,
  cause text not null,
  cause_reference text,
  at timestamptz default dc_now() not null
);
--> statement-breakpoint
create index transitions_entity_idx on transitions (entity_id, id);
--> statement-breakpoint

-- One notification owed to the merchant per status that it can see; written from the start, sent in a later release.
create table deliveries (
  id bigint generated always as identity primary key,
  entity text not null,
  entity_id text not null,
  version integer not null,
  type text not null,
  payload jsonb not null,
  state text default 'queued' not null,
  due_at timestamptz,
  created_at timestamptz default dc_now() not null,
  constraint deliveries_version_key unique (entity_id, version)
);
--> statement-breakpoint

-- What the deployment keeps for itself, and owes to nobody. First, who may call it.
create table api_keys (
  id text primary key,
  name text,
  secret_hash bytea not null,
  scopes text[] not null,
  created_at timestamptz default dc_now() not null,
  revoked_at timestamptz
);
--> statement-breakpoint

-- What it was asked already, for ever: one object per Idempotency-Key.
create table idempotency_keys (
  route text not null,
  key text not null,
  request_hash bytea not null,
  entity_id text not null,
  status_code integer not null,
  created_at timestamptz default dc_now() not null,
  constraint idempotency_keys_pkey primary key (route, key)
);
--> statement-breakpoint

-- Stripe says A, we say B. Never healed silently.
create table breaks (
  id bigint generated always as identity primary key,
  kind text not null,
  entity_id text not null,
  stripe_id text,
  observed jsonb not null,
  first_seen_at timestamptz default dc_now() not null,
  last_seen_at timestamptz default dc_now() not null,
  closed_by text,
  constraint breaks_kind_key unique (kind, entity_id)
);
--> statement-breakpoint
create index breaks_open_idx on breaks (kind) where closed_by is null;
--> statement-breakpoint

-- Where a sweep left off, and when it is due again.
create table sweeps (
  name text primary key,
  due_at timestamptz not null,
  cursor text
);
--> statement-breakpoint

-- The Stripe account's budget, shared by every worker: one token bucket per endpoint and one ('*') for all.
create table pace (
  endpoint text primary key,
  tokens integer not null,
  filled_at timestamptz not null
);
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
