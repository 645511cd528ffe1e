ALTER TABLE "consents" ADD COLUMN "mandate_text" text;--> statement-breakpoint
ALTER TABLE "consents" ADD COLUMN "mandate_text_version" text;--> statement-breakpoint
ALTER TABLE "consents" ADD CONSTRAINT "consents_mandate_text_check" CHECK (("consents"."mandate_text" is null) = ("consents"."mandate_text_version" is null));