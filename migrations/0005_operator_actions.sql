-- A person's word is a fact like Stripe's: who gave it, why, and what the books and Stripe said at that moment. Every
-- verb of an operator writes it in the statement that makes its change, so that no change is without one.
create table operator_actions (
  id bigint generated always as identity primary key,
  verb text not null,
  entity text not null,
  entity_id text not null,
  break_id bigint constraint operator_actions_break_id_breaks_id_fk references breaks,
  stripe_id text,
  reason text not null,
  "by" text not null,
  observed jsonb default '{}'::jsonb not null,
  at timestamptz default dc_now() not null
);
--> statement-breakpoint
create index operator_actions_entity_idx on operator_actions (entity_id, id);
--> statement-breakpoint
create index operator_actions_stripe_idx on operator_actions (stripe_id) where stripe_id is not null;
--> statement-breakpoint
create index operator_actions_break_idx on operator_actions (break_id) where break_id is not null;
--> statement-breakpoint
create trigger operator_actions_append_only before update or delete on operator_actions
  for each row execute function refuse_rewrite();
--> statement-breakpoint

-- What a person accepted as it was taken, beside what was asked, and the action in which they said so. The checks bite
-- as before on every charge that no such action names: a success is of the whole amount, a failure has Stripe's proof.
alter table charges add column accepted_minor bigint;
--> statement-breakpoint
alter table charges add column operator_action_id bigint
  constraint charges_operator_action_id_operator_actions_id_fk references operator_actions;
--> statement-breakpoint
alter table charges add constraint charges_accepted_check
  check (current_setting('session_replication_role') = 'replica'
         or (accepted_minor is null or (state = 'succeeded' and operator_action_id is not null)));
--> statement-breakpoint
alter table charges drop constraint charges_succeeded_check;
--> statement-breakpoint
alter table charges add constraint charges_succeeded_check
  check (current_setting('session_replication_role') = 'replica'
         or (state <> 'succeeded'
             or (stripe_payment_intent_id is not null
                 and amount_received_minor is not null and amount_received_minor = coalesce(accepted_minor, amount_minor))));
--> statement-breakpoint
alter table charges drop constraint charges_proof_check;
--> statement-breakpoint
alter table charges add constraint charges_proof_check
  check (current_setting('session_replication_role') = 'replica'
         or (state not in ('failed', 'canceled')
             or stripe_payment_intent_id is null or payment_intent_canceled_at is not null
             or (state = 'failed' and operator_action_id is not null)));
--> statement-breakpoint

-- An action that excuses a charge from a check is about this charge, of a verb that may, and stays: no other statement
-- can borrow it.
create function guard_operator_word() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and old.operator_action_id is not null then
    raise exception 'what a person said of a charge never changes' using errcode = 'DC002';
  end if;
  if new.operator_action_id is not null
     and not exists (select from operator_actions a
                     where a.id = new.operator_action_id and a.entity = 'charge' and a.entity_id = new.id
                       and a.verb = case new.state when 'succeeded' then 'accept' when 'failed' then 'write_off' end) then
    raise exception 'no action of an operator says this of charge %', new.id using errcode = 'DC002';
  end if;
  return new;
end
$$;
--> statement-breakpoint
create trigger charges_guard_insert_word before insert on charges
  for each row when (new.operator_action_id is not null) execute function guard_operator_word();
--> statement-breakpoint
create trigger charges_guard_word before update on charges
  for each row when (new.operator_action_id is distinct from old.operator_action_id
                     or new.accepted_minor is distinct from old.accepted_minor)
  execute function guard_operator_word();
