-- Amounts to the twelve digits that Stripe takes of rupiah. What each currency allows is for the code to know
-- (src/domain/currencies.ts): Stripe changes it without a migration.
alter table charges drop constraint charges_amount_check;
--> statement-breakpoint
alter table charges add constraint charges_amount_check check (amount_minor between 1 and 999999999999);
--> statement-breakpoint
-- Blanks around a text are no longer kept. References and names are compared with what is sent, so those that stand here
-- with blanks lose them: else the same request under another key would make a second charge. Where two references would
-- become one, both stay as they are.
create function without_blanks(p_text text) returns text language sql immutable as $$
  select btrim(p_text, E' \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000')
$$;
--> statement-breakpoint
update charges c set reference = r.plain, revision = c.revision + 1
from (select id, reference, without_blanks(reference) as plain,
             min(reference) over same as first, max(reference) over same as last
      from charges where reference is not null
      window same as (partition by without_blanks(reference))) r
where c.id = r.id and r.first = r.last and r.plain <> r.reference;
--> statement-breakpoint
update customers c set reference = r.plain, revision = c.revision + 1
from (select id, reference, without_blanks(reference) as plain, count(*) over same as holders
      from customers where reference is not null
      window same as (partition by without_blanks(reference))) r
where c.id = r.id and r.holders = 1 and r.plain <> r.reference;
--> statement-breakpoint
update customers set name = without_blanks(name), revision = revision + 1 where name <> without_blanks(name);
--> statement-breakpoint
drop function without_blanks(text);
--> statement-breakpoint
-- When Stripe was asked for the mandate of a debit that was adopted: with none found, it is never charged. Those of earlier
-- releases were not looked for, and Stripe says so at the confirm.
alter table payment_methods add column mandate_sought_at timestamptz;
