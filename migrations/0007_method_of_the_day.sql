-- The method of the day (docs/protocol.md, 3.10): a charge that names no method follows its customer.

-- Whether each automatic attempt takes the customer's default of its moment. Then `payment_method_id` and `consent_id`
-- are those of its newest automatic attempt, before the first those of its intake: what the charge rests on. Charges of
-- earlier releases keep what they were taken in with.
alter table charges add column follows_customer boolean default false not null;
--> statement-breakpoint
-- The consent that the confirm rested on; null for attempts of earlier releases that have ended.
alter table charge_attempts add column consent_id text;
--> statement-breakpoint
update charge_attempts a set consent_id = c.consent_id from charges c where c.id = a.charge_id and a.ended_at is null;
--> statement-breakpoint

-- The type of method that the PaymentIntent's create names, written ahead with its key: the same key must send the same
-- bytes, though the default may have changed its type since.
alter table charges add column create_type text;
--> statement-breakpoint
update charges c set create_type = m.type from payment_methods m
where m.id = c.payment_method_id and c.settled_at is null and c.create_opened_at is not null;
--> statement-breakpoint

-- As the function of the same name with two arguments, which stays for workers of the earlier release: what must hold
-- before a confirm leaves, with the method and the consent that it names. `p_chosen` says that both are the choice for a
-- next attempt and must still be that: the charge's own, or the default of this moment of the customer it follows, which
-- rests on a live recurring consent. `p_moves` says that one goes to another consent, whose limits are then counted, so
-- consents are held alone. The consent that a charge leaves is locked as well, so that its revocation either finds the
-- charge or not.
create function permit_sendings(
  p_charges text[], p_methods text[], p_consents text[], p_chosen boolean[], p_moves boolean
) returns table (charge_id text, is_permitted boolean, attempts_newest int, is_unresolved boolean, recovery_id text)
language plpgsql rows 25 as $$
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
  perform 1 from charges c where c.id = any(p_charges) order by c.id for update;
  return query
    select c.id,
      i.charging_enabled and c.close_requested_at is null and u.stopped_at is null
        and coalesce(m.state = 'usable', false)
        and coalesce(n.scope = 'off_session' and n.accepted_at is not null and n.revoked_at is null
                     and (n.until is null or n.until > dc_now()), false)
        and case when w.is_chosen is not true then true
                 when c.follows_customer then
                   coalesce(m.id = u.default_payment_method_id and n.id = m.consent_id and n.frequency = 'recurring', false)
                   and (n.id = c.consent_id
                        or p_moves and not exceeds_consent(n.id, c.amount_minor, c.currency, dc_now()))
                 else m.id = c.payment_method_id and n.id = c.consent_id end,
      coalesce((select max(a.number) from charge_attempts a where a.charge_id = c.id), 0),
      exists (select 1 from charge_attempts a where a.charge_id = c.id and a.ended_at is null),
      (select r.id from recoveries r where r.charge_id = c.id and r.state = 'open' and r.expires_at > dc_now())
    from unnest(p_charges, p_methods, p_consents, p_chosen) as w (id, method_id, consent_id, is_chosen)
    cross join instance i
    join charges c on c.id = w.id
    join customers u on u.id = c.customer_id
    left join consents n on n.id = w.consent_id
    left join payment_methods m on m.id = w.method_id;
end
$$;
--> statement-breakpoint

-- When the network, or somebody at Stripe, last changed the data of this card, under the same brand.
alter table payment_methods add column renewed_at timestamptz;
--> statement-breakpoint
-- What a bound customer owes its charges that wait: to be tried with these methods, the first of them now; and the charge
-- that was woken last. It is owed in the statement that makes another method the default, whichever that is.
alter table customers add column waking text[] default '{}' not null, add column waking_charge_id text;
--> statement-breakpoint
-- The head of the list is being gone through: it is only added again, behind it.
create function with_waking(p_waking text[], p_method text) returns text[] language sql immutable as $$
  select p_waking[1:1] || array_remove(p_waking[2:], p_method) || p_method
$$;
--> statement-breakpoint
create function owe_waking() returns trigger language plpgsql as $$
begin
  new.waking := with_waking(old.waking, new.default_payment_method_id);
  new.due_at := dc_now();
  new.offered_at := null;
  return new;
end
$$;
--> statement-breakpoint
create trigger customers_owe_waking before update on customers for each row
  when (new.default_payment_method_id is not null and new.state = 'bound'
        and new.default_payment_method_id is distinct from old.default_payment_method_id)
  execute function owe_waking();
--> statement-breakpoint

-- Has a charge keep this method: by the rules and under the locks of taking one in, which `payable_now` holds. Answers
-- why not, or null.
create function choose_method(p_charge text, p_method text, p_reference text) returns text language plpgsql as $$
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
    cause = 'api', cause_reference = p_reference
    where c.id = p_charge;
  return null;
end
$$;
--> statement-breakpoint

-- Ends one consent, after the charges that rest on it and follow their customer have gone to another method that rests on
-- a live recurring one: the default if it does, else the newest, which becomes the default. What that consent does not
-- cover, and what names its method, closes. An attempt under way keeps the consent it was let go with, and is not sent
-- again.
create function revoke_and_move(p_consent text, p_cause text, p_reference text) returns setof text
language plpgsql as $$
declare
  v_customer text := (select n.customer_id from consents n where n.id = p_consent);
  v_target record;
  v_charge charges;
begin
  perform 1 from consents n where n.customer_id = v_customer order by n.id for update;
  perform 1 from payment_methods m where m.customer_id = v_customer order by m.id for share;
  perform 1 from customers u where u.id = v_customer for update;
  select m.id, m.consent_id into v_target
    from payment_methods m join consents n on n.id = m.consent_id join customers u on u.id = m.customer_id
    where m.customer_id = v_customer and m.state = 'usable' and n.id <> p_consent and n.frequency = 'recurring'
      and n.scope = 'off_session' and n.accepted_at is not null and n.revoked_at is null
      and (n.until is null or n.until > dc_now())
    order by m.id = u.default_payment_method_id desc nulls last, m.created_at desc, m.id limit 1;
  if found then
    update customers u set default_payment_method_id = v_target.id, revision = u.revision + 1
      where u.id = v_customer and u.default_payment_method_id is distinct from v_target.id;
    for v_charge in
      select * from charges c
      where c.consent_id = p_consent and c.follows_customer and c.close_requested_at is null
        and c.state not in ('pending', 'succeeded', 'failed', 'canceled')
      order by c.id for update
    loop
      update charges c set payment_method_id = v_target.id, consent_id = v_target.consent_id, revision = c.revision + 1
        where c.id = v_charge.id
          and not exceeds_consent(v_target.consent_id, c.amount_minor, c.currency, greatest(c.scheduled_for, dc_now()));
    end loop;
  end if;
  return query select * from revoke_consents(array[p_consent], p_cause, p_reference);
end
$$;
