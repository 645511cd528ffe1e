-- A row's birth is written down once it is there. Before, a trigger wrote it BEFORE INSERT, and so also for rows that
-- `on conflict` then left out: every pass over Stripe's events gave each known event another birth.
create or replace function guard_obligation() returns trigger language plpgsql as $$
declare
  v_entity text := tg_argv[0];
begin
  if tg_op = 'INSERT' then
    if not exists (select 1 from states s where s.entity = v_entity and s.state = new.state) then
      raise exception 'no state % for %', new.state, v_entity using errcode = 'DC001';
    end if;
    return new;
  end if;
  if new.state <> old.state then
    if not exists (select 1 from allowed_transitions a
                   where a.entity = v_entity and a.from_state = old.state and a.to_state = new.state) then
      raise exception 'illegal % transition % -> %', v_entity, old.state, new.state using errcode = 'DC001';
    end if;
    new.version := old.version + 1;
    if exists (select 1 from states s where s.entity = v_entity and s.state = new.state and s.terminal)
       and v_entity not in ('customer', 'payment_method') then
      new.due_at := null;
      new.claim_token := null;
      new.lease_until := null;
    end if;
    insert into transitions (entity, entity_id, from_state, to_state, version, cause, cause_reference)
    values (v_entity, new.id, old.state, new.state, new.version, new.cause, new.cause_reference);
  elsif new.version <> old.version then
    raise exception 'the version of % moves with its state only', v_entity using errcode = 'DC002';
  end if;
  return new;
end
$$;
--> statement-breakpoint
create function note_birth() returns trigger language plpgsql as $$
begin
  insert into transitions (entity, entity_id, from_state, to_state, version, cause, cause_reference)
  values (tg_argv[0], new.id, null, new.state, new.version, new.cause, new.cause_reference);
  return null;
end
$$;
--> statement-breakpoint
create trigger charges_birth after insert on charges for each row execute function note_birth('charge');
--> statement-breakpoint
create trigger setups_birth after insert on setups for each row execute function note_birth('setup');
--> statement-breakpoint
create trigger customers_birth after insert on customers for each row execute function note_birth('customer');
--> statement-breakpoint
create trigger payment_methods_birth after insert on payment_methods
  for each row execute function note_birth('payment_method');
--> statement-breakpoint
create trigger recoveries_birth after insert on recoveries for each row execute function note_birth('recovery');
--> statement-breakpoint
create trigger replacements_birth after insert on replacements
  for each row execute function note_birth('replacement');
--> statement-breakpoint
create trigger messages_birth after insert on messages for each row execute function note_birth('message');
--> statement-breakpoint
create trigger inbox_events_birth after insert on inbox_events
  for each row execute function note_birth('inbox_event');
