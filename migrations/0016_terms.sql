ALTER TABLE "charges" ADD COLUMN "terms" jsonb;--> statement-breakpoint
ALTER TABLE "charges" ADD COLUMN "document" jsonb;--> statement-breakpoint
ALTER TABLE "sweeps" ADD COLUMN "active_at" timestamp with time zone DEFAULT dc_now() NOT NULL;--> statement-breakpoint
ALTER TABLE "sweeps" ADD COLUMN "taken_at" timestamp with time zone DEFAULT dc_now() NOT NULL;--> statement-breakpoint
ALTER TABLE "recoveries" ADD COLUMN "is_early" boolean DEFAULT false NOT NULL;--> statement-breakpoint

-- What was agreed changes only while nothing has begun at Stripe, one PaymentIntent is for ever, and what is settled stays so.
create or replace function guard_charge() returns trigger language plpgsql as $$
begin
  if new.currency <> old.currency or new.customer_id <> old.customer_id or new.livemode <> old.livemode then
    raise exception 'currency, customer and mode of a charge never change' using errcode = 'DC002';
  end if;
  if new.amount_minor <> old.amount_minor
     and (old.state <> 'queued' or old.create_number > 1 or old.create_opened_at is not null
          or old.stripe_payment_intent_id is not null or old.lease_until > clock_timestamp() and new.lease_until is not null) then
    raise exception 'the amount of a charge that has begun never changes' using errcode = 'DC002';
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

-- Whether a consent does not reach as far as a charge of this amount at this time. `p_besides` is a charge that counts
-- already, and is to be of another amount or time.
create function exceeds_consent_besides(
  p_consent text, p_amount_minor bigint, p_currency text, p_due_at timestamptz, p_besides text
) returns boolean language sql stable as $$
  select coalesce(n.until <= p_due_at, false)
    or coalesce(n.max_charges <= (
         select count(*) from charges c
         where c.consent_id = n.id and c.state not in ('failed', 'canceled') and c.id is distinct from p_besides), false)
    or coalesce(n.max_amount_currency <> p_currency, false)
    or coalesce(n.max_amount_minor < p_amount_minor + case when n.max_amount_per = 'month' then (
         select coalesce(sum(c.amount_minor), 0) from charges c
         where c.consent_id = n.id and c.state not in ('failed', 'canceled') and c.id is distinct from p_besides
           and date_trunc('month', coalesce(c.scheduled_for, c.created_at), u.zone) = date_trunc('month', p_due_at, u.zone))
         else 0 end, false)
  from consents n, lateral (
    select coalesce(c.time_zone, 'UTC') as zone from customers c where c.id = n.customer_id
  ) u
  where n.id = p_consent
$$;
--> statement-breakpoint

create or replace function exceeds_consent(p_consent text, p_amount_minor bigint, p_currency text, p_due_at timestamptz)
returns boolean language sql stable as $$
  select exceeds_consent_besides(p_consent, p_amount_minor, p_currency, p_due_at, null)
$$;
--> statement-breakpoint

-- Changes what a charge asks for while nothing has begun at Stripe, under the locks and by the rules of taking one in. Null
-- when it is done. A worker that holds the charge has read it as it was: it loses the lease.
create function change_charge(p_charge text, p_change jsonb, p_reference text) returns text language plpgsql as $$
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
    due_at = case when p_change ? 'scheduled_for' then greatest(v_due, dc_now()) else c.due_at end,
    description = coalesce(p_change ->> 'description', c.description),
    metadata = v_metadata,
    document = case when p_change ? 'document' then nullif(p_change -> 'document', 'null') else c.document end,
    claim_token = null, lease_until = null, offered_at = null, revision = c.revision + 1,
    cause = 'api', cause_reference = p_reference
    where c.id = p_charge;
  return null;
end
$$;
