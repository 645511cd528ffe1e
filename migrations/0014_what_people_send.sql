-- Amounts to the twelve digits that Stripe takes of rupiah. What each currency allows is for the code to know
-- (src/domain/currencies.ts): Stripe changes it without a migration.
alter table charges drop constraint charges_amount_check;
--> statement-breakpoint
alter table charges add constraint charges_amount_check check (amount_minor between 1 and 999999999999);
