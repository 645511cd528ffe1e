-- A verdict belongs to the card where the network says so (docs/protocol.md, 8.7).
--
-- Methods with the same fingerprint are one card, whoever's they are. What is kept is a keyed hash of it; a method without
-- one is a card of its own. Methods of earlier releases get theirs when they are next read at Stripe.
alter table payment_methods add column fingerprint_hash text;
--> statement-breakpoint
alter table payment_methods
  add column card_id text generated always as (coalesce(fingerprint_hash, id)) stored not null;
--> statement-breakpoint
create index payment_methods_card_idx on payment_methods (card_id);
--> statement-breakpoint
-- The declines of a card: through its methods, by their time.
create index charge_attempts_declined_idx on charge_attempts (payment_method_id, ended_at)
  where state in ('declined', 'authentication_required');
--> statement-breakpoint

-- One row a card. It is locked by whoever lets an automatic confirm go, who then counts the declines alone, and by whoever
-- writes a verdict: after customers, before charges.
create table cards (id text primary key);
--> statement-breakpoint
insert into cards (id) select distinct card_id from payment_methods;
--> statement-breakpoint
create function note_card() returns trigger language plpgsql as $$
begin
  insert into cards (id) values (new.card_id) on conflict do nothing;
  return null;
end
$$;
--> statement-breakpoint
create trigger payment_methods_note_card after insert or update of fingerprint_hash on payment_methods
  for each row execute function note_card();
--> statement-breakpoint

-- A card with these data, or one customer's agreement about it, is closed to what nobody presses. The customer is empty for
-- the card's, the data are for an agreement's. `at` is when the try began that was answered so.
create table card_verdicts (
  card_id text not null,
  customer_id text not null default '',
  data text not null default '',
  reason text not null,
  asks text not null,
  charge_id text not null,
  at timestamptz not null,
  lifted_at timestamptz,
  constraint card_verdicts_pkey primary key (card_id, customer_id, data),
  constraint card_verdicts_asks_check check (asks in ('replace', 'stop')),
  constraint card_verdicts_scope_check check (customer_id = '' or data = '')
);
--> statement-breakpoint

-- What the network changes of a card when it renews it; empty while it is not known, and of what is no card.
create function card_data(p payment_methods) returns text language sql immutable as $$
  select coalesce(p.card_brand || '/' || p.card_last4 || '/' || p.card_exp_year || '/' || p.card_exp_month, '')
$$;
--> statement-breakpoint
-- The verdict that closes a method; none while it is open. One of its card holds for its present data only, or if they were
-- not known, until it is renewed; one of its customer's agreement until it is lifted, or its customer has agreed anew. One that came before the fingerprint was known
-- stands under the method's own id.
create function verdict_on(p payment_methods) returns setof card_verdicts language sql stable rows 1 as $$
  select v.* from card_verdicts v
  where v.card_id in (p.card_id, p.id)
    and (v.customer_id = '' and (v.data = card_data(p) or v.data = '' and coalesce(p.renewed_at <= v.at, true))
         or v.customer_id = p.customer_id and v.lifted_at is null
            and not exists (select from consents n where n.id = p.consent_id and n.accepted_at > v.at))
  order by v.at desc limit 1
$$;
--> statement-breakpoint

-- Until when a card has been declined as often as its network permits; null while it may be tried. What is under way may
-- still be declined, so once there is a decline it counts until it is known; `p_beside` more tries begin in the same statement.
create function limited_until(p_method payment_methods, p_charge text, p_beside bigint, p_limits jsonb)
returns timestamptz language sql stable as $$
  select max(coalesce(
    (select a.ended_at from payment_methods m join charge_attempts a on a.payment_method_id = m.id
     where m.card_id = p_method.card_id and a.state in ('declined', 'authentication_required')
       and a.ended_at > dc_now() - make_interval(secs => l.window_s)
     order by a.ended_at desc offset l.declines_max - 1 limit 1) + make_interval(secs => l.window_s),
    case when d.declines > 0 and l.declines_max <= p_beside + d.declines + (
      select count(*) from payment_methods m join charge_attempts a on a.payment_method_id = m.id
      where m.card_id = p_method.card_id and a.ended_at is null and a.charge_id <> p_charge
    ) then dc_now() + interval '10 seconds' end))
  from jsonb_to_recordset(p_limits) as l (network text, window_s int, declines_max int)
  cross join lateral (
    select count(*) as declines from payment_methods m join charge_attempts a on a.payment_method_id = m.id
    where m.card_id = p_method.card_id and a.state in ('declined', 'authentication_required')
      and a.ended_at > dc_now() - make_interval(secs => l.window_s)) d
  where l.network = p_method.card_brand
$$;
--> statement-breakpoint

-- What a charge that follows its customer takes: their default, or while that is closed the newest other card of theirs
-- that rests on a live recurring consent and is open. Null without a default.
create function method_of_day(p customers) returns text language sql stable as $$
  select case when not exists (select from verdict_on(d)) then d.id else coalesce(
    (select m.id from payment_methods m join consents n on n.id = m.consent_id
     where m.customer_id = p.id and m.state = 'usable' and m.type = 'card' and n.frequency = 'recurring'
       and n.scope = 'off_session' and n.accepted_at is not null and n.revoked_at is null
       and (n.until is null or n.until > dc_now()) and not exists (select from verdict_on(m))
     order by m.created_at desc, m.id limit 1), d.id) end
  from payment_methods d where d.id = p.default_payment_method_id
$$;
--> statement-breakpoint

-- As the function of the same name with five arguments, which stays for workers of the earlier release: what must hold
-- before a confirm leaves. Of what nobody pressed (`p_automatic`) the card must be open too, and below the limits of its
-- network; it is locked, after the customers, so that its verdicts and declines are those of this moment.
create function permit_sendings(
  p_charges text[], p_methods text[], p_consents text[], p_chosen boolean[], p_moves boolean,
  p_automatic boolean[], p_limits jsonb
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
                     and (n.until is null or n.until > dc_now()), false)
        and case when w.is_chosen is not true then true
                 when c.follows_customer then
                   coalesce(m.id = method_of_day(u) and n.id = m.consent_id and n.frequency = 'recurring', false)
                   and (n.id = c.consent_id
                        or p_moves and not exceeds_consent(n.id, c.amount_minor, c.currency, dc_now()))
                 else m.id = c.payment_method_id and n.id = c.consent_id end
        and (w.is_automatic is not true or m.id is null
             or not exists (select from verdict_on(m)) and limited_until(m, c.id, w.beside, p_limits) is null),
      coalesce((select max(a.number) from charge_attempts a where a.charge_id = c.id), 0),
      exists (select 1 from charge_attempts a where a.charge_id = c.id and a.ended_at is null),
      (select r.id from recoveries r where r.charge_id = c.id and r.state = 'open' and r.expires_at > dc_now())
    from (select w.*, row_number() over (partition by k.card_id, w.is_automatic order by w.id) - 1 as beside
          from unnest(p_charges, p_methods, p_consents, p_chosen, p_automatic)
            as w (id, method_id, consent_id, is_chosen, is_automatic)
          left join payment_methods k on k.id = w.method_id) w
    cross join instance i
    join charges c on c.id = w.id
    join customers u on u.id = c.customer_id
    left join consents n on n.id = w.consent_id
    left join payment_methods m on m.id = w.method_id;
end
$$;
--> statement-breakpoint

-- As the function of the same name with one argument, which stays for the earlier release: and the cards about which
-- something is written, after the customers.
create function lock_cards(p_charges text[], p_methods text[]) returns boolean language plpgsql as $$
begin
  perform lock_cards(p_charges);
  perform 1 from cards k where k.id in (select m.card_id from payment_methods m where m.id = any(p_methods))
    order by k.id for update;
  return true;
end
$$;
