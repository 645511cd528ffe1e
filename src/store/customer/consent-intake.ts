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
  readonly limits: ConsentLimits;
};

/** How far a recurring consent reaches. */
export type ConsentLimits = {
  readonly until: Date | null;
  readonly max_charges: number | null;
  /** For each charge, or for those of a calendar month in the customer's time zone together. */
  readonly max_amount: {
    readonly amount_minor: number;
    readonly currency: string;
    readonly per: 'charge' | 'month';
  } | null;
};

/** A merchant's clock may run ahead of the database's by this much. */
const CLOCK_TOLERANCE_MS = 5_000;

/** A condition: the evidence is dated after now. */
export function isAcceptedInFuture(sql: Sql, consent: NewConsent) {
  return sql`
    ${consent.accepted_at}::timestamptz > dc_now() + ${CLOCK_TOLERANCE_MS} * interval '1 millisecond'`;
}

/** A condition: the consent ended before it began. */
export function isOverAlready(sql: Sql, { limits }: NewConsent) {
  return sql`${limits.until}::timestamptz <= dc_now()`;
}

/** For a CTE after `prior` and `verdict`: writes the consent unless the request is refused or repeated. */
export function insertConsent(sql: Sql, consent: NewConsent, customer_id: string) {
  const { until, max_charges, max_amount } = consent.limits;
  return sql`
    insert into consents (id, customer_id, scope, frequency, amount_basis, text, text_version, collect,
                          accepted_at, ip_address, user_agent, until, max_charges, max_amount_minor,
                          max_amount_currency, max_amount_per)
    select ${consent.id}, ${customer_id}, ${consent.scope}, ${consent.frequency}, ${consent.amount_basis},
           ${consent.text}, ${consent.text_version}, ${consent.collect}, ${consent.accepted_at}::timestamptz,
           ${consent.ip_address}::text, ${consent.user_agent}::text, ${until}::timestamptz,
           ${max_charges}::int, ${max_amount?.amount_minor ?? null}::bigint,
           ${max_amount?.currency ?? null}::text, ${max_amount?.per ?? null}::text
    from verdict where refusal is null and not exists (select from prior)
    on conflict do nothing
    returning id, customer_id, scope, accepted_at`;
}
