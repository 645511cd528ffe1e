/** Accepts a setup: consent, setup and idempotency key in one statement, or the reason against it. */

import {
  insertConsent,
  isAcceptedInFuture,
  isOverAlready,
  type NewConsent,
} from '../customer/consent-intake.ts';
import { DELETED_AT_STRIPE } from '../customer/deleted-customer.ts';
import type { KeyedRequest } from '../door/idempotency-keys.ts';
import { type Intake, keepKey, priorColumns, priorRequest, takeIn } from '../door/intake.ts';
import type { Sql } from '../postgres/database.ts';
import type { Rows } from '../work/obligations.ts';

export type NewSetup = {
  readonly id: string;
  readonly customer_id: string;
  readonly usage: 'off_session' | 'on_session';
  readonly via: 'elements' | 'checkout';
  readonly payment_method_types: readonly string[];
  readonly allow_redisplay: string | null;
  readonly return_url: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** How long the customer may take, counted from now by `dc_now()`. */
  readonly expires_in_ms: number;
};

export type SetupRefusal =
  | 'customer_unknown'
  | 'customer_stopped'
  | 'customer_deleted'
  | 'customer_erased'
  | 'accepted_in_future'
  | 'consent_over';

export function insertSetup(
  sql: Sql,
  setup: NewSetup,
  consent: NewConsent,
  request: KeyedRequest,
  cause_reference: string,
): Promise<Intake<Rows['setup'], SetupRefusal>> {
  return takeIn(request, async () => {
    return await sql`
      with prior as (${priorRequest(sql, request)}), payer as (
        select stopped_at, forgotten_at, detail from customers where id = ${setup.customer_id} for share
      ), verdict as (
        select case
          when not exists (select from payer) then 'customer_unknown'
          when (select forgotten_at from payer) is not null then 'customer_erased'
          when (select stopped_at from payer) is not null then 'customer_stopped'
          when (select detail from payer) = ${DELETED_AT_STRIPE} then 'customer_deleted'
          when ${isAcceptedInFuture(sql, consent)} then 'accepted_in_future'
          when ${isOverAlready(sql, consent)} then 'consent_over'
        end as refusal
      ), consented as (${insertConsent(sql, consent, setup.customer_id)}), created as (
        insert into setups (id, state, due_at, customer_id, consent_id, usage, via, payment_method_types,
                            allow_redisplay, return_url, metadata, request_hash, expires_at, cause,
                            cause_reference)
        select ${setup.id}, 'queued', dc_now(), ${setup.customer_id}, n.id, ${setup.usage}, ${setup.via},
               ${setup.payment_method_types as string[]}::text[], ${setup.allow_redisplay}::text,
               ${setup.return_url}, ${sql.json(setup.metadata)},
               ${request.request_hash}::bytea,
               dc_now() + ${setup.expires_in_ms}::double precision * interval '1 millisecond',
               'api', ${cause_reference}
        from consented n
        returning *
      ), keyed as (${keepKey(sql, request, 'created', 202)})
      select v.refusal, null as existing, ${priorColumns(sql)}, c.*
      from verdict v left join prior p on true left join created c on true`;
  });
}
