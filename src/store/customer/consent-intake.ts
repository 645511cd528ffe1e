/** A new consent, as part of the statement that accepts what it is for. */
import type { Sql } from '../postgres/database.ts';

export type NewConsent = {
  readonly id: string;
  readonly scope: 'off_session' | 'on_session';
  readonly frequency: 'one_time' | 'recurring';
  readonly amount_basis: string;
  readonly text: string;
  readonly text_version: string;
  /** Without evidence yet: the customer's press records it. Then the next three are null. */
  readonly collect: boolean;
  readonly accepted_at: Date | null;
  readonly ip_address: string | null;
  readonly user_agent: string | null;
};

/** A merchant's clock may run ahead of the database's by this much. */
const CLOCK_TOLERANCE_MS = 5_000;

/** A condition: the evidence is dated after now. */
export function isAcceptedInFuture(sql: Sql, consent: NewConsent) {
  return sql`
    ${consent.accepted_at}::timestamptz > dc_now() + ${CLOCK_TOLERANCE_MS} * interval '1 millisecond'`;
}

/** For a CTE after `prior` and `verdict`: writes the consent unless the request is refused or repeated. */
export function insertConsent(sql: Sql, consent: NewConsent, customer_id: string) {
  return sql`
    insert into consents (id, customer_id, scope, frequency, amount_basis, text, text_version, collect,
                          accepted_at, ip_address, user_agent)
    select ${consent.id}, ${customer_id}, ${consent.scope}, ${consent.frequency}, ${consent.amount_basis},
           ${consent.text}, ${consent.text_version}, ${consent.collect}, ${consent.accepted_at}::timestamptz,
           ${consent.ip_address}::text, ${consent.user_agent}::text
    from verdict where refusal is null and not exists (select from prior)
    on conflict do nothing
    returning id, customer_id, scope, accepted_at`;
}
