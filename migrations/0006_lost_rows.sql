-- Rows can be lost (a restore, a failover without the last commits, a disk set back) while Stripe keeps what they asked
-- for. From then on a row that remembers no create proves nothing: docs/protocol.md, 2.9.

-- The newest loss: when it was noted, who saw what, and from when on rows may be missing. While `withdrawals_due`,
-- charging goes on only with a person's word that what customers withdrew in that span was entered again: Stripe does
-- not know it.
alter table instance add column lost_at timestamptz, add column lost_cause text, add column lost_from timestamptz,
  add column withdrawals_due boolean default false not null;
--> statement-breakpoint

-- When the list of Stripe's events was last walked to its end. A database that was set back in silence shows an old time
-- here; until the walk is done again nothing is created. A deployment that is born has nothing behind it.
alter table instance add column events_read_at timestamptz default dc_now() not null;
--> statement-breakpoint

-- When a look at Stripe last found nothing made for this row: after a loss, a create waits for such a look.
-- `request_hash` is what the merchant asked for, so that what is found at Stripe can be held against it; null for rows
-- of earlier releases, and for a setup that a recovery asked for.
alter table customers add column listed_at timestamptz;
--> statement-breakpoint
alter table setups add column listed_at timestamptz, add column request_hash bytea;
--> statement-breakpoint
alter table charges add column listed_at timestamptz, add column request_hash bytea;
--> statement-breakpoint

-- Notes a loss. `p_seen` is when something that is missing had been written (Stripe's word, or a process's memory): news
-- only if it is younger than the loss that is known. Null is an operator's or an identity's word, and always news.
-- `p_since` is the operator's beginning of the span; otherwise it begins with the newest move that is still there from
-- before `p_seen`. `p_stop` turns charging off until the word on withdrawals is given. True when it was news.
create function note_loss(p_cause text, p_seen timestamptz, p_since timestamptz, p_stop boolean) returns boolean
language plpgsql as $$
declare
  v_from timestamptz;
  v_instance text;
begin
  if p_seen is not null and exists (select from instance i where i.lost_at >= p_seen) then
    return false;
  end if;
  if p_stop then
    perform pg_advisory_xact_lock(charging_lock());
  end if;
  v_from := coalesce(p_since, (select t.at from transitions t where t.at < coalesce(p_seen, dc_now())
                               order by t.id desc limit 1), p_seen, dc_now());
  update instance i set
    lost_at = dc_now(), lost_cause = p_cause,
    lost_from = case when i.withdrawals_due or i.lost_at > dc_now() - interval '35 days'
                     then least(i.lost_from, v_from) else v_from end,
    withdrawals_due = i.withdrawals_due or p_stop,
    charging_reason = case when p_stop and i.charging_enabled then 'rows were lost: ' || p_cause else i.charging_reason end,
    charging_enabled = i.charging_enabled and not p_stop
  where p_seen is null or i.lost_at is null or i.lost_at < p_seen
  returning i.instance_id, i.lost_from into v_instance, v_from;
  if v_instance is null then
    return false;
  end if;
  if p_stop then
    insert into breaks (kind, entity_id, observed)
    values ('rows_lost', v_instance, jsonb_build_object('cause', p_cause, 'from', v_from, 'to', dc_now()))
    on conflict (kind, entity_id) do update
      set last_seen_at = dc_now(), observed = excluded.observed, closed_by = null;
  end if;
  return true;
end
$$;
--> statement-breakpoint

-- Turns charging on. While withdrawals are due it does so only with the word that they were entered, which is kept as
-- every operator's word is; without it, it answers the span that the word has to be about.
create function turn_charging_on(p_entered boolean, p_reason text, p_by text)
returns table (lost_cause text, lost_from timestamptz, lost_at timestamptz) language plpgsql as $$
begin
  perform pg_advisory_xact_lock(charging_lock());
  if not p_entered then
    return query select i.lost_cause, i.lost_from, i.lost_at from instance i where i.withdrawals_due;
    if found then
      return;
    end if;
  end if;
  insert into operator_actions (verb, entity, entity_id, break_id, reason, "by", observed)
    select 'charging_on', 'instance', 'charging', b.id, p_reason, p_by,
           case when i.withdrawals_due then jsonb_build_object(
             'withdrawals_entered', true, 'from', i.lost_from, 'to', i.lost_at, 'cause', i.lost_cause)
           else '{}'::jsonb end
    from instance i
    left join breaks b on i.withdrawals_due and b.kind = 'rows_lost' and b.entity_id = i.instance_id;
  update breaks b set closed_by = 'operator: ' || p_reason
    from instance i where i.withdrawals_due and b.kind = 'rows_lost' and b.entity_id = i.instance_id;
  update instance set charging_enabled = true, charging_reason = null, withdrawals_due = false;
end
$$;
--> statement-breakpoint

-- The highest number under which a confirm of this charge went out, as Stripe's events tell: after a loss, attempts are
-- numbered on from there, or an old event would answer a new attempt. A charge has at most eight.
create function confirms_told(p_charge text) returns integer language sql stable as $$
  select coalesce(max(n), 0) from generate_series(1, 8) n
  where exists (select from inbox_events e where e.request_key = 'dc1:' || p_charge || ':confirm:' || n)
$$;
