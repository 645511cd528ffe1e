-- History costs nothing: what is kept for how long, who takes the rest, and how tables with many changes are tended
-- (docs/protocol.md, 13.7; docs/deploy.md, "What is kept, and for how long").
--
-- A timeline is added to, never rewritten, and what is old is taken by one hand alone: a function of the tables' owner that
-- says so, whatever else the role of API and workers may delete. Younger than the shortest span it is nobody's to take: 35
-- days for an event's, 540 for whatever surrounds a payment, which is as long as a card's can be asked back.
create function refuse_rewrite_of_timeline() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' and current_setting('duecourse.forgetting', true) = 'on'
     and current_user = (select pg_get_userbyid(t.relowner) from pg_class t where t.oid = tg_relid)
     and old.at < dc_now() - make_interval(days => (case when old.entity = 'inbox_event' then 35 else 540 end)) then
    return old;
  end if;
  raise exception '% is append-only', tg_table_name using errcode = 'DC002';
end
$$;
--> statement-breakpoint
drop trigger if exists transitions_append_only on transitions;
--> statement-breakpoint
create trigger transitions_append_only before update or delete on transitions
  for each row execute function refuse_rewrite_of_timeline();
--> statement-breakpoint

-- Until when the history of an ended charge is kept: so many months from its end, by the type of what paid it. Null: it has
-- not ended. `p_months` has whole months by type of method, and `other`.
create function history_until(p charges, p_months jsonb) returns timestamptz language sql stable as $$
  select (p.settled_at at time zone 'UTC' + make_interval(months => coalesce(
    (select (p_months ->> m.type)::int from payment_methods m where m.id = coalesce(p.paid_with, p.payment_method_id)),
    (p_months ->> 'other')::int))) at time zone 'UTC'
$$;
--> statement-breakpoint

-- A piece of the timeline in the order in which it was written: up to `p_rows` moves after `p_after` that are older than
-- `p_before`, and none behind the first that is not. It is the one list of all that happened, in the order of time, and it
-- costs no index.
create function old_moves(p_after bigint, p_rows int, p_before timestamptz) returns setof transitions
language sql stable rows 200 as $$
  with page as materialized (select t.* from transitions t where t.id > p_after order by t.id limit p_rows)
  select p.* from page p where p.id < coalesce((select min(y.id) from page y where y.at >= p_before), 9223372036854775807)
$$;
--> statement-breakpoint

-- One step over the events that were applied or ignored `p_days` ago: takes them and their moves. `next`: the move after
-- which to go on; where another statement holds one of them it stays, and the step is taken again.
-- Stripe sends an event again for three days (https://docs.stripe.com/webhooks#automatic-retries) and lists it for 30
-- (https://docs.stripe.com/api/events): after 35 days none comes that has to be known.
-- What tells of a confirm whose attempt was lost with its row stays: nothing else says that its number is spent.
create function forget_events(p_after bigint, p_rows int, p_days int)
returns table (next bigint, looked int, gone int)
language plpgsql security definer set search_path = public, pg_temp set duecourse.forgetting = 'on' as $$
declare
  v_before constant timestamptz := dc_now() - make_interval(days => greatest(p_days, 35));
  v_ids text[];
  v_gone text[];
begin
  select coalesce(max(m.id), p_after), count(*),
         coalesce(array_agg(distinct m.entity_id) filter (
           where m.entity = 'inbox_event' and m.to_state in ('applied', 'ignored')), '{}')
    into next, looked, v_ids from old_moves(p_after, p_rows, v_before) m;
  v_ids := array(
    select e.id from inbox_events e
    where e.id = any(v_ids) and e.state in ('applied', 'ignored') and e.due_at is null and e.created_at < v_before
      and not exists (select from transitions t where t.entity_id = e.id and t.at >= v_before)
      and (e.request_key is null or e.request_key not like 'dc1:%:confirm:%'
           or (select i.lost_at from instance i) is null
           or exists (select from charge_attempts a where a.idempotency_key = e.request_key)));
  v_gone := array(
    select e.id from inbox_events e where e.id = any(v_ids) and e.state in ('applied', 'ignored')
    order by e.id for update skip locked);
  if cardinality(v_gone) < cardinality(v_ids) then
    next := p_after;
  end if;
  delete from transitions t where t.entity_id = any(v_gone) and t.entity = 'inbox_event';
  delete from inbox_events e where e.id = any(v_gone);
  gone := cardinality(v_gone);
  return next;
end
$$;
--> statement-breakpoint
revoke execute on function forget_events(bigint, int, int) from public;
--> statement-breakpoint

-- One step over the charges, and the setups that a merchant asked for, whose history nobody needs any more: takes their
-- timelines, those of their attempts, recoveries, mails and new cards, the notifications, the mails, and from where a
-- customer pressed. The rows of the books stay. All of a charge goes, or nothing. Whoever has anything open stays, and so
-- does who shares a mail with somebody whose history is kept: a later walk finds them. `next` as above.
create function forget_histories(p_after bigint, p_rows int, p_months jsonb)
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
  -- A row of the books stays, so that another worker may have found it and waited: what it then takes is nothing.
  with taken as (
    delete from transitions t where t.entity_id = any(v_charges || v_recoveries || v_setups || v_mails) returning t.entity_id
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
revoke execute on function forget_histories(bigint, int, jsonb) from public;
--> statement-breakpoint

-- Has Postgres look at one table anew, of those with at least `p_rows` rows of which nine in ten came, or changed, since it
-- looked last: plans that were made for an empty table are made again. Names the table, if there was one. Its owner may do
-- so; the role of API and workers gets this function and not the right to maintain (Postgres 17), with which it could lock
-- a table, too.
create function analyze_grown(p_rows int) returns text
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  v_table text;
begin
  select s.relname into v_table from pg_stat_user_tables s
    where s.schemaname = 'public' and s.n_live_tup >= p_rows and s.n_mod_since_analyze >= 0.9 * s.n_live_tup
    order by s.n_mod_since_analyze desc limit 1;
  if v_table is not null then
    execute format('analyze (skip_locked) public.%I', v_table);
  end if;
  return v_table;
end
$$;
--> statement-breakpoint
revoke execute on function analyze_grown(int) from public;
--> statement-breakpoint

-- How often autovacuum comes. Its own rule is a fifth of a table changed for a vacuum, a tenth for statistics: with a million
-- charges that is 40,000 charges, of five versions each, before the first dead one is swept up, and hours of lists and plans
-- that rest on the day before. A charge leaves about five dead versions, an attempt one, an event three: a fiftieth, for the
-- two that also have many indexes, and a twentieth keep a pass short and in proportion. A thousand rows beside keep small
-- tables from being visited each minute.
alter table charges set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000,
  autovacuum_analyze_scale_factor = 0.02, autovacuum_analyze_threshold = 500, autovacuum_vacuum_insert_scale_factor = 0.05);
--> statement-breakpoint
alter table inbox_events set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000,
  autovacuum_analyze_scale_factor = 0.05, autovacuum_analyze_threshold = 500, autovacuum_vacuum_insert_scale_factor = 0.05);
--> statement-breakpoint
alter table charge_attempts set (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 1000,
  autovacuum_analyze_scale_factor = 0.05, autovacuum_analyze_threshold = 500);
--> statement-breakpoint
-- Written once, and taken by the thousand when they are old: what is taken has to be free again for what comes, and the
-- summaries by time are of the pages that a pass has seen.
alter table transitions set (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 5000,
  autovacuum_vacuum_insert_scale_factor = 0.05);
--> statement-breakpoint
alter table deliveries set (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 5000,
  autovacuum_vacuum_insert_scale_factor = 0.05);
--> statement-breakpoint
-- A handful of rows that change with every block of calls. An update in place cleans its page by itself if there is room, so
-- a page is left nine tenths empty; a few dozen changes must not bring autovacuum by each minute.
alter table pace set (fillfactor = 10, autovacuum_vacuum_threshold = 2000, autovacuum_analyze_threshold = 20000);
