CREATE INDEX "charges_reference_idx" ON "charges" USING btree ("reference") WHERE reference is not null;--> statement-breakpoint
CREATE INDEX "charges_consent_idx" ON "charges" USING btree ("consent_id");--> statement-breakpoint
CREATE INDEX "recoveries_charge_idx" ON "recoveries" USING btree ("charge_id","opened_at");