ALTER TABLE "payment_methods" ADD COLUMN "mandate_mail" text;--> statement-breakpoint
ALTER TABLE "payment_methods" ADD COLUMN "mandate_mailed_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "payment_methods" ADD COLUMN "mandate_mail_version" text;--> statement-breakpoint
ALTER TABLE "payment_methods" ADD CONSTRAINT "payment_methods_mandate_mail_check" CHECK ("payment_methods"."mandate_mail" in ('owed', 'sending', 'sent', 'failed', 'unwanted')
          and ("payment_methods"."mandate_mail" = 'sent') = ("payment_methods"."mandate_mailed_at" is not null)
          or "payment_methods"."mandate_mail" is null and "payment_methods"."mandate_mailed_at" is null);