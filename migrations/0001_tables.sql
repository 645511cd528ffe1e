CREATE TABLE "charge_attempts" (
	"charge_id" text NOT NULL,
	"number" integer NOT NULL,
	"kind" text NOT NULL,
	"state" text DEFAULT 'open' NOT NULL,
	"idempotency_key" text NOT NULL,
	"stripe_payment_intent_id" text NOT NULL,
	"payment_method_id" text NOT NULL,
	"request_body" text NOT NULL,
	"api_version" text NOT NULL,
	"lease_number" integer NOT NULL,
	"opened_status" text,
	"opened_latest_charge" text,
	"send_count" integer DEFAULT 1 NOT NULL,
	"replayed_error_at" timestamp with time zone,
	"looked_at" timestamp with time zone,
	"stripe_charge_id" text,
	"stripe_request_id" text,
	"code" text,
	"decline_code" text,
	"advice_code" text,
	"resolved_by" text,
	"started_at" timestamp with time zone DEFAULT dc_now() NOT NULL,
	"ended_at" timestamp with time zone,
	CONSTRAINT "charge_attempts_pkey" PRIMARY KEY("charge_id","number"),
	CONSTRAINT "charge_attempts_idempotency_key_key" UNIQUE("idempotency_key"),
	CONSTRAINT "charge_attempts_stripe_charge_id_key" UNIQUE("stripe_charge_id"),
	CONSTRAINT "charge_attempts_kind_check" CHECK ("charge_attempts"."kind" in ('off_session', 'on_session')),
	CONSTRAINT "charge_attempts_number_check" CHECK ("charge_attempts"."number" between 1 and 8),
	CONSTRAINT "charge_attempts_ended_check" CHECK ((state in ('open', 'awaiting_customer', 'processing')) = (ended_at is null))
);
--> statement-breakpoint
CREATE TABLE "charges" (
	"id" text PRIMARY KEY NOT NULL,
	"state" text NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"revision" integer DEFAULT 1 NOT NULL,
	"due_at" timestamp with time zone,
	"offer_number" integer DEFAULT 0 NOT NULL,
	"offered_at" timestamp with time zone,
	"claim_token" uuid,
	"lease_number" integer DEFAULT 0 NOT NULL,
	"lease_until" timestamp with time zone,
	"tries" integer DEFAULT 0 NOT NULL,
	"cause" text DEFAULT 'api' NOT NULL,
	"cause_reference" text,
	"created_at" timestamp with time zone DEFAULT dc_now() NOT NULL,
	"customer_id" text NOT NULL,
	"payment_method_id" text NOT NULL,
	"consent_id" text NOT NULL,
	"one_time_consent_id" text,
	"amount_minor" bigint NOT NULL,
	"currency" text NOT NULL,
	"livemode" boolean NOT NULL,
	"description" text NOT NULL,
	"reference" text,
	"again_of" text,
	"scheduled_for" timestamp with time zone,
	"metadata" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"warnings" text[] DEFAULT '{}' NOT NULL,
	"stripe_payment_intent_id" text,
	"create_number" integer DEFAULT 1 NOT NULL,
	"create_opened_at" timestamp with time zone,
	"cancel_number" integer DEFAULT 1 NOT NULL,
	"close_requested_at" timestamp with time zone,
	"close_as" text,
	"close_detail" text,
	"payment_intent_canceled_at" timestamp with time zone,
	"amount_received_minor" bigint,
	"future_use_at" timestamp with time zone,
	"detail" text,
	"last_error" jsonb,
	"settled_at" timestamp with time zone,
	CONSTRAINT "charges_stripe_payment_intent_id_key" UNIQUE("stripe_payment_intent_id"),
	CONSTRAINT "charges_amount_check" CHECK ("charges"."amount_minor" between 1 and 99999999),
	CONSTRAINT "charges_currency_check" CHECK ("charges"."currency" ~ '^[a-z]{3}$'),
	CONSTRAINT "charges_settled_check" CHECK (current_setting('session_replication_role') = 'replica' or ((state in ('succeeded', 'failed', 'canceled')) = (settled_at is not null))),
	CONSTRAINT "charges_succeeded_check" CHECK (current_setting('session_replication_role') = 'replica' or (state <> 'succeeded' or (stripe_payment_intent_id is not null and amount_received_minor is not null and amount_received_minor = amount_minor))),
	CONSTRAINT "charges_proof_check" CHECK (current_setting('session_replication_role') = 'replica' or (state not in ('failed', 'canceled') or stripe_payment_intent_id is null or payment_intent_canceled_at is not null)),
	CONSTRAINT "charges_close_check" CHECK ((close_requested_at is null) = (close_as is null)),
	CONSTRAINT "charges_closing_check" CHECK (state <> 'closing' or close_requested_at is not null),
	CONSTRAINT "charges_close_as_check" CHECK (close_as in ('failed', 'canceled'))
);
--> statement-breakpoint
CREATE TABLE "consents" (
	"id" text PRIMARY KEY NOT NULL,
	"customer_id" text NOT NULL,
	"scope" text NOT NULL,
	"frequency" text NOT NULL,
	"amount_basis" text NOT NULL,
	"text" text NOT NULL,
	"text_version" text NOT NULL,
	"collect" boolean DEFAULT false NOT NULL,
	"accepted_at" timestamp with time zone,
	"ip_address" text,
	"user_agent" text,
	"revoked_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT dc_now() NOT NULL,
	CONSTRAINT "consents_scope_check" CHECK ("consents"."scope" in ('off_session', 'on_session')),
	CONSTRAINT "consents_frequency_check" CHECK ("consents"."frequency" in ('one_time', 'recurring')),
	CONSTRAINT "consents_evidence_check" CHECK ("consents"."collect" or "consents"."accepted_at" is not null)
);
--> statement-breakpoint
CREATE TABLE "customers" (
	"id" text PRIMARY KEY NOT NULL,
	"state" text NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"revision" integer DEFAULT 1 NOT NULL,
	"due_at" timestamp with time zone,
	"offer_number" integer DEFAULT 0 NOT NULL,
	"offered_at" timestamp with time zone,
	"claim_token" uuid,
	"lease_number" integer DEFAULT 0 NOT NULL,
	"lease_until" timestamp with time zone,
	"tries" integer DEFAULT 0 NOT NULL,
	"cause" text DEFAULT 'api' NOT NULL,
	"cause_reference" text,
	"created_at" timestamp with time zone DEFAULT dc_now() NOT NULL,
	"reference" text,
	"email" text NOT NULL,
	"name" text,
	"locale" text,
	"stripe_customer_id" text,
	"default_payment_method_id" text,
	"create_number" integer DEFAULT 1 NOT NULL,
	"create_opened_at" timestamp with time zone,
	"detail" text,
	CONSTRAINT "customers_reference_key" UNIQUE("reference"),
	CONSTRAINT "customers_stripe_customer_id_key" UNIQUE("stripe_customer_id"),
	CONSTRAINT "customers_bound_check" CHECK ((state = 'bound') = (stripe_customer_id is not null) or state = 'needs_review')
);
--> statement-breakpoint
CREATE TABLE "payment_methods" (
	"id" text PRIMARY KEY NOT NULL,
	"state" text NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"revision" integer DEFAULT 1 NOT NULL,
	"due_at" timestamp with time zone,
	"offer_number" integer DEFAULT 0 NOT NULL,
	"offered_at" timestamp with time zone,
	"claim_token" uuid,
	"lease_number" integer DEFAULT 0 NOT NULL,
	"lease_until" timestamp with time zone,
	"tries" integer DEFAULT 0 NOT NULL,
	"cause" text DEFAULT 'api' NOT NULL,
	"cause_reference" text,
	"created_at" timestamp with time zone DEFAULT dc_now() NOT NULL,
	"customer_id" text NOT NULL,
	"setup_id" text,
	"consent_id" text,
	"type" text NOT NULL,
	"card_brand" text,
	"card_last4" text,
	"card_exp_month" integer,
	"card_exp_year" integer,
	"usage" text NOT NULL,
	"mandate_id" text,
	"detach_number" integer DEFAULT 1 NOT NULL,
	"allow_redisplay" text,
	"update_number" integer DEFAULT 1 NOT NULL,
	"detail" text
);
--> statement-breakpoint
CREATE TABLE "inbox_events" (
	"id" text PRIMARY KEY NOT NULL,
	"state" text NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"revision" integer DEFAULT 1 NOT NULL,
	"due_at" timestamp with time zone,
	"offer_number" integer DEFAULT 0 NOT NULL,
	"offered_at" timestamp with time zone,
	"claim_token" uuid,
	"lease_number" integer DEFAULT 0 NOT NULL,
	"lease_until" timestamp with time zone,
	"tries" integer DEFAULT 0 NOT NULL,
	"cause" text DEFAULT 'api' NOT NULL,
	"cause_reference" text,
	"created_at" timestamp with time zone DEFAULT dc_now() NOT NULL,
	"type" text NOT NULL,
	"object_type" text NOT NULL,
	"object_id" text,
	"request_key" text,
	"livemode" boolean NOT NULL,
	"stripe_created_at" timestamp with time zone NOT NULL,
	"carrier" text DEFAULT 'webhook' NOT NULL,
	"projection" jsonb NOT NULL,
	"detail" text
);
--> statement-breakpoint
CREATE TABLE "api_keys" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text,
	"secret_hash" "bytea" NOT NULL,
	"scopes" text[] NOT NULL,
	"created_at" timestamp with time zone DEFAULT dc_now() NOT NULL,
	"revoked_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "breaks" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "breaks_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"kind" text NOT NULL,
	"entity_id" text NOT NULL,
	"stripe_id" text,
	"observed" jsonb NOT NULL,
	"first_seen_at" timestamp with time zone DEFAULT dc_now() NOT NULL,
	"last_seen_at" timestamp with time zone DEFAULT dc_now() NOT NULL,
	"closed_by" text,
	CONSTRAINT "breaks_kind_key" UNIQUE("kind","entity_id")
);
--> statement-breakpoint
CREATE TABLE "idempotency_keys" (
	"route" text NOT NULL,
	"key" text NOT NULL,
	"request_hash" "bytea" NOT NULL,
	"entity_id" text NOT NULL,
	"status_code" integer NOT NULL,
	"created_at" timestamp with time zone DEFAULT dc_now() NOT NULL,
	CONSTRAINT "idempotency_keys_pkey" PRIMARY KEY("route","key")
);
--> statement-breakpoint
CREATE TABLE "instance" (
	"only" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"instance_id" text NOT NULL,
	"derive_key" "bytea" NOT NULL,
	"charging_enabled" boolean DEFAULT true NOT NULL,
	"charging_reason" text,
	"clock_offset_ms" bigint DEFAULT 0 NOT NULL,
	CONSTRAINT "instance_only_check" CHECK ("instance"."only")
);
--> statement-breakpoint
CREATE TABLE "pace" (
	"endpoint" text PRIMARY KEY NOT NULL,
	"tokens" integer NOT NULL,
	"filled_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sweeps" (
	"name" text PRIMARY KEY NOT NULL,
	"due_at" timestamp with time zone NOT NULL,
	"cursor" text
);
--> statement-breakpoint
CREATE TABLE "messages" (
	"id" text PRIMARY KEY NOT NULL,
	"state" text NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"revision" integer DEFAULT 1 NOT NULL,
	"due_at" timestamp with time zone,
	"offer_number" integer DEFAULT 0 NOT NULL,
	"offered_at" timestamp with time zone,
	"claim_token" uuid,
	"lease_number" integer DEFAULT 0 NOT NULL,
	"lease_until" timestamp with time zone,
	"tries" integer DEFAULT 0 NOT NULL,
	"cause" text DEFAULT 'api' NOT NULL,
	"cause_reference" text,
	"created_at" timestamp with time zone DEFAULT dc_now() NOT NULL,
	"recovery_id" text NOT NULL,
	"step" text NOT NULL,
	"sent_at" timestamp with time zone,
	"detail" text,
	CONSTRAINT "messages_step_key" UNIQUE("recovery_id","step")
);
--> statement-breakpoint
CREATE TABLE "recoveries" (
	"id" text PRIMARY KEY NOT NULL,
	"state" text NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"revision" integer DEFAULT 1 NOT NULL,
	"due_at" timestamp with time zone,
	"offer_number" integer DEFAULT 0 NOT NULL,
	"offered_at" timestamp with time zone,
	"claim_token" uuid,
	"lease_number" integer DEFAULT 0 NOT NULL,
	"lease_until" timestamp with time zone,
	"tries" integer DEFAULT 0 NOT NULL,
	"cause" text DEFAULT 'api' NOT NULL,
	"cause_reference" text,
	"created_at" timestamp with time zone DEFAULT dc_now() NOT NULL,
	"charge_id" text NOT NULL,
	"kind" text NOT NULL,
	"payment_method_id" text NOT NULL,
	"step" integer DEFAULT 0 NOT NULL,
	"opened_at" timestamp with time zone DEFAULT dc_now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"link_version" integer DEFAULT 1 NOT NULL,
	"link_key_id" text,
	"link_nonce" text NOT NULL,
	"visited_at" timestamp with time zone,
	"fresh_mail_at" timestamp with time zone,
	"bounced_at" timestamp with time zone,
	"closed_at" timestamp with time zone,
	CONSTRAINT "recoveries_kind_check" CHECK ("recoveries"."kind" in ('authenticate', 'replace')),
	CONSTRAINT "recoveries_closed_check" CHECK ((state in ('completed', 'expired', 'revoked')) = (closed_at is not null))
);
--> statement-breakpoint
CREATE TABLE "replacements" (
	"id" text PRIMARY KEY NOT NULL,
	"state" text NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"revision" integer DEFAULT 1 NOT NULL,
	"due_at" timestamp with time zone,
	"offer_number" integer DEFAULT 0 NOT NULL,
	"offered_at" timestamp with time zone,
	"claim_token" uuid,
	"lease_number" integer DEFAULT 0 NOT NULL,
	"lease_until" timestamp with time zone,
	"tries" integer DEFAULT 0 NOT NULL,
	"cause" text DEFAULT 'api' NOT NULL,
	"cause_reference" text,
	"created_at" timestamp with time zone DEFAULT dc_now() NOT NULL,
	"recovery_id" text NOT NULL,
	"charge_id" text NOT NULL,
	"number" integer NOT NULL,
	"stripe_checkout_session_id" text,
	"stripe_setup_intent_id" text,
	"create_number" integer DEFAULT 1 NOT NULL,
	"create_opened_at" timestamp with time zone,
	"expire_number" integer DEFAULT 1 NOT NULL,
	"detach_number" integer DEFAULT 1 NOT NULL,
	"payment_method_id" text,
	"accepted_amount_at" timestamp with time zone,
	"accepted_ip_address" text,
	"accepted_user_agent" text,
	"default_consent_id" text,
	"completed_at" timestamp with time zone,
	"detail" text,
	CONSTRAINT "replacements_session_key" UNIQUE("stripe_checkout_session_id"),
	CONSTRAINT "replacements_number_key" UNIQUE("recovery_id","number"),
	CONSTRAINT "replacements_number_check" CHECK ("replacements"."number" between 1 and 5)
);
--> statement-breakpoint
CREATE TABLE "setups" (
	"id" text PRIMARY KEY NOT NULL,
	"state" text NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"revision" integer DEFAULT 1 NOT NULL,
	"due_at" timestamp with time zone,
	"offer_number" integer DEFAULT 0 NOT NULL,
	"offered_at" timestamp with time zone,
	"claim_token" uuid,
	"lease_number" integer DEFAULT 0 NOT NULL,
	"lease_until" timestamp with time zone,
	"tries" integer DEFAULT 0 NOT NULL,
	"cause" text DEFAULT 'api' NOT NULL,
	"cause_reference" text,
	"created_at" timestamp with time zone DEFAULT dc_now() NOT NULL,
	"customer_id" text NOT NULL,
	"consent_id" text NOT NULL,
	"usage" text NOT NULL,
	"via" text NOT NULL,
	"payment_method_types" text[] NOT NULL,
	"allow_redisplay" text,
	"return_url" text NOT NULL,
	"metadata" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"stripe_setup_intent_id" text,
	"stripe_checkout_session_id" text,
	"create_number" integer DEFAULT 1 NOT NULL,
	"create_opened_at" timestamp with time zone,
	"close_number" integer DEFAULT 1 NOT NULL,
	"close_requested_at" timestamp with time zone,
	"close_as" text,
	"stripe_closed_at" timestamp with time zone,
	"expires_at" timestamp with time zone NOT NULL,
	"failed_tries" integer DEFAULT 0 NOT NULL,
	"payment_method_id" text,
	"mandate_id" text,
	"detail" text,
	"last_error" jsonb,
	"settled_at" timestamp with time zone,
	CONSTRAINT "setups_stripe_setup_intent_id_key" UNIQUE("stripe_setup_intent_id"),
	CONSTRAINT "setups_stripe_checkout_session_id_key" UNIQUE("stripe_checkout_session_id"),
	CONSTRAINT "setups_usage_check" CHECK ("setups"."usage" in ('off_session', 'on_session')),
	CONSTRAINT "setups_via_check" CHECK ("setups"."via" in ('elements', 'checkout')),
	CONSTRAINT "setups_settled_check" CHECK ((state in ('succeeded', 'failed', 'canceled', 'expired')) = (settled_at is not null)),
	CONSTRAINT "setups_proof_check" CHECK (state not in ('failed', 'canceled', 'expired') or (stripe_setup_intent_id is null and stripe_checkout_session_id is null) or stripe_closed_at is not null)
);
--> statement-breakpoint
CREATE TABLE "allowed_transitions" (
	"entity" text NOT NULL,
	"from_state" text NOT NULL,
	"to_state" text NOT NULL,
	CONSTRAINT "allowed_transitions_pkey" PRIMARY KEY("entity","from_state","to_state")
);
--> statement-breakpoint
CREATE TABLE "deliveries" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "deliveries_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"entity" text NOT NULL,
	"entity_id" text NOT NULL,
	"version" integer NOT NULL,
	"type" text NOT NULL,
	"payload" jsonb NOT NULL,
	"state" text DEFAULT 'queued' NOT NULL,
	"due_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT dc_now() NOT NULL,
	CONSTRAINT "deliveries_version_key" UNIQUE("entity_id","version")
);
--> statement-breakpoint
CREATE TABLE "states" (
	"entity" text NOT NULL,
	"state" text NOT NULL,
	"status" text NOT NULL,
	"terminal" boolean NOT NULL,
	CONSTRAINT "states_pkey" PRIMARY KEY("entity","state")
);
--> statement-breakpoint
CREATE TABLE "transitions" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "transitions_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"entity" text NOT NULL,
	"entity_id" text NOT NULL,
	"from_state" text,
	"to_state" text NOT NULL,
	"version" integer NOT NULL,
	"cause" text NOT NULL,
	"cause_reference" text,
	"at" timestamp with time zone DEFAULT dc_now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "charge_attempts" ADD CONSTRAINT "charge_attempts_charge_id_charges_id_fk" FOREIGN KEY ("charge_id") REFERENCES "public"."charges"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "charges" ADD CONSTRAINT "charges_customer_id_customers_id_fk" FOREIGN KEY ("customer_id") REFERENCES "public"."customers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "charges" ADD CONSTRAINT "charges_payment_method_id_payment_methods_id_fk" FOREIGN KEY ("payment_method_id") REFERENCES "public"."payment_methods"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "charges" ADD CONSTRAINT "charges_consent_id_consents_id_fk" FOREIGN KEY ("consent_id") REFERENCES "public"."consents"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "consents" ADD CONSTRAINT "consents_customer_id_customers_id_fk" FOREIGN KEY ("customer_id") REFERENCES "public"."customers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payment_methods" ADD CONSTRAINT "payment_methods_customer_id_customers_id_fk" FOREIGN KEY ("customer_id") REFERENCES "public"."customers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payment_methods" ADD CONSTRAINT "payment_methods_consent_id_consents_id_fk" FOREIGN KEY ("consent_id") REFERENCES "public"."consents"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "messages" ADD CONSTRAINT "messages_recovery_id_recoveries_id_fk" FOREIGN KEY ("recovery_id") REFERENCES "public"."recoveries"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "recoveries" ADD CONSTRAINT "recoveries_charge_id_charges_id_fk" FOREIGN KEY ("charge_id") REFERENCES "public"."charges"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "replacements" ADD CONSTRAINT "replacements_recovery_id_recoveries_id_fk" FOREIGN KEY ("recovery_id") REFERENCES "public"."recoveries"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "replacements" ADD CONSTRAINT "replacements_charge_id_charges_id_fk" FOREIGN KEY ("charge_id") REFERENCES "public"."charges"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "replacements" ADD CONSTRAINT "replacements_default_consent_id_consents_id_fk" FOREIGN KEY ("default_consent_id") REFERENCES "public"."consents"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "setups" ADD CONSTRAINT "setups_customer_id_customers_id_fk" FOREIGN KEY ("customer_id") REFERENCES "public"."customers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "setups" ADD CONSTRAINT "setups_consent_id_consents_id_fk" FOREIGN KEY ("consent_id") REFERENCES "public"."consents"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "charge_attempts_one_open_key" ON "charge_attempts" USING btree ("charge_id") WHERE state in ('open', 'awaiting_customer', 'processing');--> statement-breakpoint
CREATE INDEX "charges_due_idx" ON "charges" USING btree ("due_at") WHERE due_at is not null;--> statement-breakpoint
CREATE INDEX "charges_leased_idx" ON "charges" USING btree ("lease_until") WHERE lease_until is not null;--> statement-breakpoint
CREATE INDEX "charges_created_idx" ON "charges" USING btree ("created_at","id");--> statement-breakpoint
CREATE INDEX "charges_customer_idx" ON "charges" USING btree ("customer_id","created_at");--> statement-breakpoint
CREATE INDEX "charges_reference_idx" ON "charges" USING btree ("reference") WHERE reference is not null;--> statement-breakpoint
CREATE INDEX "charges_consent_idx" ON "charges" USING btree ("consent_id");--> statement-breakpoint
CREATE UNIQUE INDEX "charges_reference_key" ON "charges" USING btree ("reference") WHERE state not in ('failed', 'canceled');--> statement-breakpoint
CREATE UNIQUE INDEX "charges_one_time_consent_key" ON "charges" USING btree ("one_time_consent_id") WHERE state not in ('failed', 'canceled');--> statement-breakpoint
CREATE UNIQUE INDEX "charges_again_of_key" ON "charges" USING btree ("again_of") WHERE again_of is not null;--> statement-breakpoint
CREATE INDEX "consents_customer_idx" ON "consents" USING btree ("customer_id");--> statement-breakpoint
CREATE INDEX "customers_due_idx" ON "customers" USING btree ("due_at") WHERE due_at is not null;--> statement-breakpoint
CREATE INDEX "payment_methods_customer_idx" ON "payment_methods" USING btree ("customer_id");--> statement-breakpoint
CREATE INDEX "payment_methods_due_idx" ON "payment_methods" USING btree ("due_at") WHERE due_at is not null;--> statement-breakpoint
CREATE INDEX "inbox_events_due_idx" ON "inbox_events" USING btree ("due_at") WHERE due_at is not null;--> statement-breakpoint
CREATE INDEX "inbox_events_request_key_idx" ON "inbox_events" USING btree ("request_key") WHERE request_key is not null;--> statement-breakpoint
CREATE INDEX "messages_due_idx" ON "messages" USING btree ("due_at") WHERE due_at is not null;--> statement-breakpoint
CREATE INDEX "recoveries_due_idx" ON "recoveries" USING btree ("due_at") WHERE due_at is not null;--> statement-breakpoint
CREATE INDEX "recoveries_charge_idx" ON "recoveries" USING btree ("charge_id","opened_at");--> statement-breakpoint
CREATE UNIQUE INDEX "recoveries_one_live_key" ON "recoveries" USING btree ("charge_id") WHERE state = 'open';--> statement-breakpoint
CREATE INDEX "replacements_due_idx" ON "replacements" USING btree ("due_at") WHERE due_at is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "replacements_one_open_key" ON "replacements" USING btree ("recovery_id") WHERE state in ('queued', 'awaiting_customer', 'completed');--> statement-breakpoint
CREATE INDEX "setups_due_idx" ON "setups" USING btree ("due_at") WHERE due_at is not null;--> statement-breakpoint
CREATE INDEX "setups_customer_idx" ON "setups" USING btree ("customer_id","created_at");--> statement-breakpoint
CREATE INDEX "transitions_entity_idx" ON "transitions" USING btree ("entity_id","id");