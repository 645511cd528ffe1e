ALTER TABLE "runs" ADD COLUMN "stop_loss_share" double precision;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "stop_loss_of_last" integer;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "stop_loss_after" text;--> statement-breakpoint
CREATE INDEX "charges_run_answered_idx" ON "charges" USING btree ("run_id","id") WHERE run_id is not null and state in ('succeeded', 'failed', 'retry_wait', 'action_required');--> statement-breakpoint
ALTER TABLE "runs" ADD CONSTRAINT "runs_stop_loss_check" CHECK (num_nulls("runs"."stop_loss_share", "runs"."stop_loss_of_last") in (0, 2));--> statement-breakpoint
ALTER TABLE "runs" ADD CONSTRAINT "runs_stop_share_check" CHECK ("runs"."stop_loss_share" > 0 and "runs"."stop_loss_share" <= 1);--> statement-breakpoint
ALTER TABLE "runs" ADD CONSTRAINT "runs_stop_of_last_check" CHECK ("runs"."stop_loss_of_last" between 1 and 1000);--> statement-breakpoint
-- The newest charge by which this run is to pause: of those with an answer, behind where it paused last, at least this share of the
-- last `of_last` were not taken. Null: it goes on; fewer of them say nothing, and a run that is over has nothing to save. Lines
-- come due in the order of their ids, so that the last ids with an answer were tried last. A bank that asks for its customer has
-- not declined.
create function stop_loss_met(r runs) returns text language sql stable as $$
  select case when count(*) = r.stop_loss_of_last
              and count(*) filter (where l.is_lost) >= (r.stop_loss_share * r.stop_loss_of_last)::numeric then max(l.id) end
  from (
    select c.id, c.state <> 'succeeded' and (c.state <> 'action_required'
             or c.last_error ->> 'code' is distinct from 'authentication_required') as is_lost
    from charges c
    where c.run_id = r.id and c.state in ('succeeded', 'failed', 'retry_wait', 'action_required')
      and c.id > coalesce(r.stop_loss_after, '')
    order by c.id desc limit coalesce(r.stop_loss_of_last, 0)) l
  where exists (select from charges o where o.run_id = r.id and o.settled_at is null)
$$;
--> statement-breakpoint
-- As before, without where it paused.
create or replace function run_facts(r runs) returns jsonb language sql stable as $$
  select (shown_row(to_jsonb(r)) - array['request_hash', 'fed_at', 'stop_loss_after']) || run_totals(r.id)
    || jsonb_build_object('pledged_minor', case when r.goal_minor is not null then run_pledged(r) end)
$$;
--> statement-breakpoint
-- As before; it looks at its stop-loss before it lets anything go, each second as long as something stands in the line.
create or replace function advance_run(p_run text, p_lease int, p_most int, p_line int)
returns table (closing text[], fed int, due_in_ms bigint) language plpgsql as $$
declare
  v_now constant timestamptz := dc_now();
  v_run runs;
  v_room int;
begin
  closing := '{}';
  fed := 0;
  select * into v_run from runs r where r.id = p_run and r.lease_number = p_lease and r.due_at <= v_now for update;
  if not found then
    return;
  end if;
  if v_run.state = 'running' and v_run.hold and v_run.decision is null then
    if v_run.goal_ends_at <= v_now and run_pledged(v_run) < v_run.goal_minor then
      update runs r set revision = r.revision + 1, cause = 'worker', cause_reference = 'goal_missed',
        state = case r.goal_on_miss when 'cancel' then 'closing' else 'paused' end,
        paused_reason = case r.goal_on_miss when 'wait' then 'goal_missed' end,
        decision = case r.goal_on_miss when 'cancel' then 'cancel' end,
        decided_at = case r.goal_on_miss when 'cancel' then v_now end
        where r.id = p_run;
      due_in_ms := case v_run.goal_on_miss when 'cancel' then 0 end;
    elsif v_run.goal_ends_at > v_now then
      due_in_ms := ceil(extract(epoch from v_run.goal_ends_at - v_now) * 1000)::bigint;
    end if;
  elsif v_run.state = 'running' and stop_loss_met(v_run) is not null then
    update runs r set state = 'paused', paused_reason = 'stop_loss', stop_loss_after = stop_loss_met(v_run),
      revision = r.revision + 1, cause = 'worker', cause_reference = 'stop_loss' where r.id = p_run;
  elsif v_run.state = 'running' then
    v_room := least(p_most, p_line - (select count(*) from (
      select from charges c where c.run_id = p_run and c.settled_at is null and c.state = 'queued' and c.due_at <= v_now
      limit p_line) l));
    if v_run.pace_per_s is not null then
      v_room := least(v_room, floor(v_run.pace_per_s * least(5, coalesce(extract(epoch from v_now - v_run.fed_at), 1)))::int);
    end if;
    with next as (
      select c.id from charges c
      where c.run_id = p_run and c.settled_at is null and c.state = 'queued' and c.due_at is null
      order by c.id limit greatest(v_room, 0) for update skip locked
    ), let_go as (
      update charges c set due_at = due_for(c.payment_method_id, c.scheduled_for), offered_at = null
      from next n where c.id = n.id returning c.id
    )
    select count(*) into fed from let_go;
    if fed > 0 then
      update runs r set fed_at = v_now where r.id = p_run;
    end if;
    if not exists (select from charges c where c.run_id = p_run and c.settled_at is null) then
      update runs r set state = 'completed', completed_at = v_now, revision = r.revision + 1,
        cause = 'worker', cause_reference = 'charges_ended' where r.id = p_run;
    else
      due_in_ms := case when exists (
        select from charges c where c.run_id = p_run and c.settled_at is null and c.state = 'queued'
          and (c.due_at is null or v_run.stop_loss_of_last is not null and c.due_at <= v_now)) then 1000 else 15000 end;
    end if;
  elsif v_run.state = 'closing' then
    closing := array(select close_charges(array(
      select c.id from charges c
      where c.run_id = p_run and c.settled_at is null and c.close_requested_at is null
      order by c.id limit p_most), 'canceled', 'run_canceled', 'revoked', 'worker', p_run));
    if exists (select from charges c where c.run_id = p_run and c.settled_at is null) then
      due_in_ms := case when cardinality(closing) = p_most then 0 else 5000 end;
    else
      update runs r set state = 'canceled', completed_at = v_now, revision = r.revision + 1,
        cause = 'worker', cause_reference = 'charges_ended' where r.id = p_run;
    end if;
  end if;
  update runs r set due_at = v_now + due_in_ms * interval '1 millisecond', tries = 0,
    claim_token = null, lease_until = null, offered_at = null where r.id = p_run;
  return next;
end
$$;
