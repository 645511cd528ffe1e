import { AMEX_MAXIMUM_MINOR, DEBIT_CURRENCIES } from '../../domain/charge/method-fit.ts';
import type { Sql } from '../postgres/database.ts';

/**
 * - `currency_unfit`: the method's scheme moves other currencies.
 * - `mandate_missing`: a debit for which Stripe showed no mandate when it was adopted. One of an earlier release was not
 *   looked for.
 * - `amount_unfit`: above what the method's network takes.
 */
export type Unfitness = 'currency_unfit' | 'mandate_missing' | 'amount_unfit';

const DEBITS = Object.entries(DEBIT_CURRENCIES).flatMap(([type, currencies]) =>
  currencies.map((currency) => ({ type, currency })),
);
const TYPES = DEBITS.map(({ type }) => type);
const CURRENCIES = DEBITS.map(({ currency }) => currency);

/** Why the payment method `f` cannot be charged this; null if it can, or is not there. */
export function unfitness(
  sql: Sql,
  amount: { readonly minor: ReturnType<Sql>; readonly currency: ReturnType<Sql> },
) {
  return sql`case
    when f.type = any(${TYPES}::text[]) and not exists (
      select from unnest(${TYPES}::text[], ${CURRENCIES}::text[]) as d (type, currency)
      where d.type = f.type and d.currency = ${amount.currency}) then 'currency_unfit'
    when f.type = any(${TYPES}::text[]) and f.mandate_id is null and f.mandate_sought_at is not null then 'mandate_missing'
    when f.card_brand = 'amex' and ${amount.minor} > ${AMEX_MAXIMUM_MINOR} then 'amount_unfit' end`;
}
