ALTER TABLE "messages" ALTER COLUMN "recovery_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "messages" ADD COLUMN "charge_id" text;--> statement-breakpoint
ALTER TABLE "messages" ADD CONSTRAINT "messages_charge_id_charges_id_fk" FOREIGN KEY ("charge_id") REFERENCES "public"."charges"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "messages_receipt_key" ON "messages" USING btree ("charge_id") WHERE charge_id is not null;--> statement-breakpoint
ALTER TABLE "messages" ADD CONSTRAINT "messages_about_check" CHECK (num_nonnulls("messages"."recovery_id", "messages"."charge_id") = 1 and ("messages"."charge_id" is not null) = ("messages"."step" = 'receipt'));
--> statement-breakpoint
-- Receipts (docs/protocol.md, 9.18): a mail like every other, that no recovery asks for.
--
-- Whoever settles a charge as succeeded owes its receipt in the same statement. Its id is the charge's, so that a charge
-- whose row was lost and came back owes the same mail.
create function owe_receipt() returns trigger language plpgsql as $$
begin
  insert into messages (id, charge_id, step, state, due_at, cause, cause_reference)
  values ('msg_' || substr(new.id, 5), new.id, 'receipt', 'queued', dc_now(), new.cause, new.cause_reference);
  return null;
end
$$;
--> statement-breakpoint
create trigger charges_owe_receipt after update on charges for each row
  when (old.state <> 'succeeded' and new.state = 'succeeded' and new.terms ->> 'receipt' = 'true')
  execute function owe_receipt();
--> statement-breakpoint
-- Who is erased gets no more mails, receipts among them.
create function drop_receipts() returns trigger language plpgsql as $$
begin
  update messages m set state = 'suppressed', due_at = null, detail = 'customer_erased', revision = m.revision + 1,
    cause = 'erasure', cause_reference = new.cause_reference
    from charges c where c.customer_id = new.id and m.charge_id = c.id and m.state in ('queued', 'sending');
  return null;
end
$$;
--> statement-breakpoint
create trigger customers_drop_receipts after update on customers for each row
  when (old.forgotten_at is null and new.forgotten_at is not null) execute function drop_receipts();
--> statement-breakpoint
-- As before; a receipt is no step of a recovery, and is started by a statement of its own. Workers of the earlier release,
-- which know none, let it wait.
create or replace function standing_of(p messages) returns text language sql stable as $$
  select case when p.charge_id is not null then 'acted_on' when bool_or(s.standing = 'wanted') then 'wanted'
              when bool_or(s.standing = 'acted_on') then 'acted_on' else 'unwanted' end
  from (select case when m.step = 'early' and not r.is_early then 'unwanted' else standing_of(r) end as standing
        from messages m join recoveries r on r.id = m.recovery_id
        where m.id = p.id or m.served_by = p.id) s
$$;
--> statement-breakpoint
-- As before, with receipts.
create or replace function forget_histories(p_after bigint, p_rows int, p_months jsonb)
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
  v_notices text[];
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
        select from messages g where g.charge_id = c.id
          and (g.due_at is not null or exists (select from transitions t where t.entity_id = g.id and t.at >= v_before)))
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
  v_mails := array(select g.id from messages g where g.recovery_id = any(v_recoveries) or g.charge_id = any(v_charges));
  v_mails := v_mails || array(select o.id from messages o where o.served_by = any(v_mails));
  v_notices := array(select n.id from notices n where n.charge_id = any(v_charges));
  -- A row of the books stays, so that another worker may have found it and waited: what it then takes is nothing.
  with taken as (
    delete from transitions t where t.entity_id = any(v_charges || v_recoveries || v_setups || v_mails || v_notices) returning t.entity_id
  )
  select count(distinct k.entity_id) into gone from taken k where k.entity_id = any(v_ours);
  delete from deliveries d where d.entity_id = any(v_charges || v_setups);
  update setups s set accepted_ip_address = null, accepted_user_agent = null
    where s.id = any(v_setups) and num_nonnulls(s.accepted_ip_address, s.accepted_user_agent) > 0;
  delete from messages g where g.id = any(v_mails);
  return next;
end
$$;
