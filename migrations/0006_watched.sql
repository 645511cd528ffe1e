CREATE INDEX "charges_unknown_idx" ON "charges" USING btree ("id") WHERE state = 'unknown';--> statement-breakpoint
CREATE INDEX "breaks_open_idx" ON "breaks" USING btree ("kind") WHERE closed_by is null;--> statement-breakpoint
CREATE INDEX "recoveries_opened_idx" ON "recoveries" USING btree ("opened_at","state");