import { AMEX_MAXIMUM_MINOR, DEBIT_CURRENCIES } from '../../domain/charge/method-fit.ts';
import { addDays, lastKnownDay } from '../../domain/debit/bank-days.ts';
import { SCHEMES } from '../../domain/debit/schemes.ts';
import type { Sql } from '../postgres/database.ts';

/**
 * - `currency_unfit`: the method's scheme moves other currencies.
 * - `mandate_missing`: a debit for which Stripe showed no mandate when it was adopted. One of an earlier release was not
 *   looked for.
 * - `amount_unfit`: above what the card's network takes; `debit_too_large`: above what the debit's scheme takes.
 * - `country_unfit`: the scheme does not reach accounts of that country.
 * - `due_at_too_far`: its banks' days are not known until then (src/domain/debit/bank-days.ts).
 */
export type Unfitness =
  | 'currency_unfit'
  | 'mandate_missing'
  | 'amount_unfit'
  | 'debit_too_large'
  | 'country_unfit'
  | 'due_at_too_far';

/** A collection, its repetitions and what Stripe tells of them come some days after the day that was wished for. */
const DAYS_AFTER = 60;

/** Most of one debit by its type, in minor units, where Stripe grants this account more or less than the table has. */
export type DebitLimits = Readonly<Record<string, number>>;

function rules(limits: DebitLimits) {
  return Object.values(SCHEMES).map((scheme) => ({
    type: scheme.type,
    maximum_minor: limits[scheme.type] ?? scheme.maximum_minor,
    countries: scheme.account_countries,
    known_until: addDays(lastKnownDay(scheme.calendar), -DAYS_AFTER),
  }));
}

const DEBITS = Object.entries(DEBIT_CURRENCIES).flatMap(([type, currencies]) =>
  currencies.map((currency) => ({ type, currency })),
);
const TYPES = DEBITS.map(({ type }) => type);
const CURRENCIES = DEBITS.map(({ currency }) => currency);

/** Why the payment method `f` cannot be charged this; null if it can, or is not there. */
export function unfitness(
  sql: Sql,
  amount: {
    readonly minor: ReturnType<Sql>;
    readonly currency: ReturnType<Sql>;
    /** When it is to be charged. */
    readonly due_at: ReturnType<Sql>;
  },
  limits: DebitLimits = {},
) {
  return sql`case
    when f.type = any(${TYPES}::text[]) and not exists (
      select from unnest(${TYPES}::text[], ${CURRENCIES}::text[]) as d (type, currency)
      where d.type = f.type and d.currency = ${amount.currency}) then 'currency_unfit'
    when f.type = any(${TYPES}::text[]) and f.mandate_id is null and f.mandate_sought_at is not null then 'mandate_missing'
    when f.card_brand = 'amex' and ${amount.minor} > ${AMEX_MAXIMUM_MINOR} then 'amount_unfit'
    when f.type <> 'card' then (
      select case
        when ${amount.minor} > r.maximum_minor then 'debit_too_large'
        when not r.countries ? coalesce(to_jsonb(f) ->> 'bank_country', r.countries ->> 0) then 'country_unfit'
        when greatest(${amount.due_at}, dc_now()) >= r.known_until then 'due_at_too_far' end
      from jsonb_to_recordset(${sql.json(rules(limits) as never)}::jsonb)
        as r (type text, maximum_minor bigint, countries jsonb, known_until date)
      where r.type = f.type) end`;
}
