/** What is kept of a bank account and of the mandate that debits it. A trigger takes all of it with the mandate. */
import type { ReadMandate, ReadMethod } from '../../domain/charge/payment-snapshot.ts';
import type { Sql } from '../postgres/database.ts';

/** Of an insert into `payment_methods`. */
export function bankColumns(sql: Sql) {
  return sql`mandate_id, bank_name, bank_country, bank_last4, mandate_reference, mandate_url, mandate_status`;
}

/** Their values, in the same order. `mandate_id` may be known where Stripe does not show the mandate. */
export function bankValues(
  sql: Sql,
  { bank }: ReadMethod,
  mandate_id: string | null,
  mandate: ReadMandate | null,
) {
  return sql`${mandate_id}::text, ${bank?.bank_name ?? null}::text, ${bank?.country ?? null}::text, ${bank?.last4 ?? null}::text,
             ${mandate?.reference ?? null}::text, ${mandate?.url ?? null}::text, ${mandate?.status ?? null}::text`;
}

/** Of a method `m` that is on file already: a new mandate takes the place of the one that was known. */
export function newMandate(sql: Sql) {
  return sql`
        mandate_id = coalesce(excluded.mandate_id, m.mandate_id),
        bank_name = coalesce(excluded.bank_name, m.bank_name),
        bank_country = coalesce(excluded.bank_country, m.bank_country),
        bank_last4 = coalesce(excluded.bank_last4, m.bank_last4),
        mandate_reference = case when excluded.mandate_id is null then m.mandate_reference else excluded.mandate_reference end,
        mandate_url = case when excluded.mandate_id is null then m.mandate_url else excluded.mandate_url end,
        mandate_status = case when excluded.mandate_id is null then m.mandate_status else excluded.mandate_status end`;
}
