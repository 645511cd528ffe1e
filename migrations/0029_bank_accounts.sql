ALTER TABLE "payment_methods" ADD COLUMN "bank_name" text;--> statement-breakpoint
ALTER TABLE "payment_methods" ADD COLUMN "bank_country" text;--> statement-breakpoint
ALTER TABLE "payment_methods" ADD COLUMN "bank_last4" text;--> statement-breakpoint
ALTER TABLE "payment_methods" ADD COLUMN "mandate_reference" text;--> statement-breakpoint
ALTER TABLE "payment_methods" ADD COLUMN "mandate_url" text;--> statement-breakpoint
ALTER TABLE "payment_methods" ADD COLUMN "mandate_status" text;--> statement-breakpoint
CREATE INDEX "payment_methods_mandate_idx" ON "payment_methods" USING btree ("mandate_id") WHERE mandate_id is not null;--> statement-breakpoint
ALTER TABLE "payment_methods" ADD CONSTRAINT "payment_methods_mandate_check" CHECK (mandate_id is not null or num_nonnulls(bank_name, bank_country, bank_last4, mandate_reference, mandate_url, mandate_status) = 0);
--> statement-breakpoint
-- What is known of a bank account is evidence of the mandate that debits it, and goes with it (docs/protocol.md, 12.8). Fires
-- after forget_card(), which takes the mandate from a method of somebody who is forgotten.
create function forget_mandate() returns trigger language plpgsql as $$
begin
  if new.mandate_id is null then
    new.bank_name := null;
    new.bank_country := null;
    new.bank_last4 := null;
    new.mandate_reference := null;
    new.mandate_url := null;
    new.mandate_status := null;
  end if;
  return new;
end
$$;
--> statement-breakpoint
create trigger payment_methods_forget_mandate before insert or update on payment_methods
  for each row execute function forget_mandate();
--> statement-breakpoint
create function forget_bank_facts() returns trigger
language plpgsql security definer set search_path = public, pg_temp set duecourse.forgetting = 'on' as $$
begin
  update events e set facts = e.facts #- '{method,bank_name}' #- '{method,bank_country}' #- '{method,bank_last4}'
      #- '{method,mandate_reference}' #- '{method,mandate_url}' #- '{method,mandate_status}'
    where e.object = 'payment_method'
      and e.object_id = any(array(select m.id from payment_methods m where m.customer_id = new.id));
  return null;
end
$$;
--> statement-breakpoint
create trigger customers_forget_bank_facts after update on customers for each row
  when (old.erased_at is null and new.erased_at is not null) execute function forget_bank_facts();
--> statement-breakpoint
create function tell_mandate_changed() returns trigger language plpgsql as $$
begin
  perform tell('mandate.updated', 'payment_method', new.id, new.version, new.cause, new.cause_reference, method_facts(new));
  return null;
end
$$;
--> statement-breakpoint
create trigger payment_methods_tell_mandate after update on payment_methods for each row
  when (old.mandate_status is not null and new.mandate_status is not null and old.mandate_status <> new.mandate_status
        and new.state <> 'detached')
  execute function tell_mandate_changed();
