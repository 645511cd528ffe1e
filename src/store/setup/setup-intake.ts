/** Takes in a setup: the consent, the setup and the idempotency key in one statement, or the reason why not. */

import type { KeyedRequest } from '../door/idempotency-keys.ts';
import { type Intake, type IntakeVerdict, takeIn } from '../door/intake.ts';
import type { Sql } from '../postgres/database.ts';
import type { Rows } from '../work/obligations.ts';

export type NewConsent = {
  readonly id: string;
  readonly scope: 'off_session' | 'on_session';
  readonly frequency: 'one_time' | 'recurring';
  readonly amount_basis: string;
  readonly text: string;
  readonly text_version: string;
  /** Without evidence yet: the customer's press records it. The next three are null then. */
  readonly collect: boolean;
  readonly accepted_at: Date | null;
  readonly ip_address: string | null;
  readonly user_agent: string | null;
};

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

export type SetupRefusal = 'customer_unknown' | 'accepted_in_future';

/** A merchant's clock may run ahead of the database's by this much. */
const CLOCK_TOLERANCE_MS = 5_000;

/** Creates a setup that is due at once. */
export function insertSetup(
  sql: Sql,
  setup: NewSetup,
  consent: NewConsent,
  request: KeyedRequest,
  cause_reference: string,
): Promise<Intake<Rows['setup'], SetupRefusal>> {
  return takeIn<Rows['setup'], SetupRefusal>(request, async () => {
    const rows = await sql`
      with prior as (
        select entity_id, status_code, request_hash from idempotency_keys
        where route = ${request.route} and key = ${request.key}
      ), verdict as (
        select case
          when not exists (select from customers where id = ${setup.customer_id}) then 'customer_unknown'
          when ${consent.accepted_at}::timestamptz
               > dc_now() + ${CLOCK_TOLERANCE_MS} * interval '1 millisecond' then 'accepted_in_future'
        end as refusal
      ), consented as (
        insert into consents (id, customer_id, scope, frequency, amount_basis, text, text_version, collect,
                              accepted_at, ip_address, user_agent)
        select ${consent.id}, ${setup.customer_id}, ${consent.scope}, ${consent.frequency},
               ${consent.amount_basis}, ${consent.text}, ${consent.text_version}, ${consent.collect},
               ${consent.accepted_at}::timestamptz, ${consent.ip_address}::text, ${consent.user_agent}::text
        from verdict where refusal is null and not exists (select from prior)
        on conflict do nothing
        returning id
      ), created as (
        insert into setups (id, state, due_at, customer_id, consent_id, usage, via, payment_method_types,
                            allow_redisplay, return_url, metadata, expires_at, cause, cause_reference)
        select ${setup.id}, 'queued', dc_now(), ${setup.customer_id}, n.id, ${setup.usage}, ${setup.via},
               ${setup.payment_method_types as string[]}::text[], ${setup.allow_redisplay}::text,
               ${setup.return_url}, ${sql.json(setup.metadata)},
               dc_now() + ${setup.expires_in_ms}::double precision * interval '1 millisecond',
               'api', ${cause_reference}
        from consented n
        returning *
      ), keyed as (
        insert into idempotency_keys (route, key, request_hash, entity_id, status_code)
        select ${request.route}, ${request.key}, ${request.request_hash}, id, 202 from created
      )
      select v.refusal, null as existing, p.entity_id as prior_entity_id,
             p.status_code as prior_status_code, p.request_hash as prior_request_hash, c.*
      from verdict v left join prior p on true left join created c on true`;
    const row = rows[0] as unknown as IntakeVerdict<SetupRefusal> & Rows['setup'];
    return { verdict: row, row: row.id === null ? null : row };
  });
}
