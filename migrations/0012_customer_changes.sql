-- A customer changes: another address, name or language, and the merchant's own labels.
alter table customers add column metadata jsonb default '{}' not null;
--> statement-breakpoint
-- What Stripe's customer holds of ours, and what it is being told under the key that is open. Both are written by the first
-- change only: until then Stripe holds, or is being told, what stands in the row.
alter table customers add column told jsonb, add column telling jsonb;
--> statement-breakpoint
alter table customers add column update_number integer default 1 not null;
--> statement-breakpoint
-- What of a customer Stripe is told.
create function told_of(p customers) returns jsonb language sql immutable as $$
  select jsonb_build_object('email', p.email, 'name', p.name, 'locale', p.locale)
$$;
--> statement-breakpoint
-- For an equal address, whatever its capitals, and for a part of a name or an address.
create index customers_email_idx on customers (lower(email));
