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
