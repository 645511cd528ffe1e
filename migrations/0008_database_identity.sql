-- Which database this is, so that a process that is suddenly talking to another one knows it: docs/protocol.md, 2.15.
-- Null until a process has read it, and for good where the role may not. `identity_seen` is another one that nobody
-- has vouched for yet, and since when (real time: no test clock moves a failover).
alter table instance add column database_identity text, add column identity_seen text,
  add column identity_seen_at timestamptz;
--> statement-breakpoint

-- The cluster's identifier and its timeline. A restore of a dump is another cluster; a promotion begins a timeline.
-- The timeline is that of the next WAL file: the control file shows the new one only after a checkpoint. Not in SQL, which
-- would be inlined into its callers: Postgres then asks for the right to it where it is never called.
create function database_identity() returns text language plpgsql volatile as $$
begin
  return (select system_identifier from pg_control_system()) || '/' || left(pg_walfile_name(pg_current_wal_lsn()), 8);
end
$$;
--> statement-breakpoint

-- Whether this role may read it: managed Postgres may have taken that right away.
create function is_identity_readable() returns boolean language sql stable as $$
  select has_function_privilege('pg_control_system()', 'execute')
     and has_function_privilege('pg_current_wal_lsn()', 'execute')
     and has_function_privilege('pg_walfile_name(pg_lsn)', 'execute')
$$;
--> statement-breakpoint

-- Whether this is the database that is known: every claim asks.
create function is_database_known() returns boolean language sql volatile as $$
  select case when i.database_identity is null or not is_identity_readable() then true
              else i.database_identity = database_identity() end
  from instance i
$$;
--> statement-breakpoint

-- Another database than the one that is known becomes the known one. `p_vouched`: the process that asks found its newest
-- acknowledged write in it, so charging goes on. Where nobody vouches within `p_wait`, charging goes off: a person knows
-- what became of the old one. Answers `same`, `vouched`, `waiting` or `stopped`,
-- `vouched` and `stopped` once for each change; `unreadable` where the role may not know.
create function see_database(p_vouched boolean, p_wait interval) returns text language plpgsql as $$
declare
  v_now text;
  v_row instance%rowtype;
begin
  if not is_identity_readable() then
    return 'unreadable';
  end if;
  v_now := database_identity();
  perform pg_advisory_xact_lock(charging_lock());
  select * into v_row from instance for update;
  if v_row.database_identity is null then
    update instance set database_identity = v_now;
    return 'same';
  end if;
  if v_row.database_identity = v_now then
    return 'same';
  end if;
  if not p_vouched and v_row.identity_seen is distinct from v_now then
    update instance set identity_seen = v_now, identity_seen_at = clock_timestamp();
    return 'waiting';
  end if;
  if not p_vouched and clock_timestamp() < v_row.identity_seen_at + p_wait then
    return 'waiting';
  end if;
  perform note_loss('database_changed', null, null, not p_vouched);
  update instance set database_identity = v_now, identity_seen = null, identity_seen_at = null;
  return case when p_vouched then 'vouched' else 'stopped' end;
end
$$;
--> statement-breakpoint

-- This is the known database from now on, by an operator's word.
create function know_database() returns void language sql volatile as $$
  update instance set identity_seen = null, identity_seen_at = null,
    database_identity = case when is_identity_readable() then database_identity() end
$$;
--> statement-breakpoint

-- As in 0006, but a loss that stops charging is news unless one that stopped it is known already: one that a process has
-- vouched for told nobody to enter withdrawals again, so it covers nothing that is found missing afterwards.
alter table instance add column lost_stopped_at timestamptz;
--> statement-breakpoint
update instance set lost_stopped_at = lost_at where lost_cause is distinct from 'events_unread';
--> statement-breakpoint
create or replace function note_loss(p_cause text, p_seen timestamptz, p_since timestamptz, p_stop boolean) returns boolean
language plpgsql as $$
declare
  v_from timestamptz;
  v_instance text;
begin
  if p_seen is not null
     and exists (select from instance i where case when p_stop then i.lost_stopped_at else i.lost_at end >= p_seen) then
    return false;
  end if;
  if p_stop then
    perform pg_advisory_xact_lock(charging_lock());
  end if;
  v_from := coalesce(p_since, (select t.at from transitions t where t.at < coalesce(p_seen, dc_now())
                               order by t.id desc limit 1), p_seen, dc_now());
  update instance i set
    lost_at = dc_now(), lost_cause = p_cause,
    lost_stopped_at = case when p_stop then dc_now() else i.lost_stopped_at end,
    lost_from = case when i.withdrawals_due or i.lost_at > dc_now() - interval '35 days'
                     then least(i.lost_from, v_from) else v_from end,
    withdrawals_due = i.withdrawals_due or p_stop,
    charging_reason = case when p_stop and i.charging_enabled then 'rows were lost: ' || p_cause else i.charging_reason end,
    charging_enabled = i.charging_enabled and not p_stop
  where p_seen is null
     or coalesce(case when p_stop then i.lost_stopped_at else i.lost_at end, '-infinity') < p_seen
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
