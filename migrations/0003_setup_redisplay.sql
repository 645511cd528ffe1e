ALTER TABLE "payment_methods" ADD COLUMN "allow_redisplay" text;--> statement-breakpoint
ALTER TABLE "payment_methods" ADD COLUMN "update_number" integer DEFAULT 1 NOT NULL;