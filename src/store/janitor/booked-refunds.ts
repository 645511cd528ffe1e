/** Our side of the comparison of refunds. */
import type { BookedRefund } from '../../domain/booked-refund.ts';
import type { Sql } from '../postgres/database.ts';
import type { BookedWindow } from './reconciliation.ts';

const ROWS_MAX = 1_000;

/** The rows of these refunds of Stripe's. */
export async function readBookedRefunds(
  sql: Sql,
  stripe_refund_ids: readonly string[],
): Promise<BookedRefund[]> {
  return await sql<BookedRefund[]>`
    select ${columns(sql)} from refunds r join charges c on c.id = r.charge_id
    where r.stripe_refund_id = any(${stripe_refund_ids as string[]})`;
}

/** Refunds of paid charges that Stripe has by our books, and that were made in the window; by id, a page at a time. */
export async function readRefundsOf(
  sql: Sql,
  { from, to }: BookedWindow,
  after_id: string,
): Promise<{ readonly rows: readonly BookedRefund[]; readonly next: string | null }> {
  const rows = await sql<BookedRefund[]>`
    select ${columns(sql)} from refunds r join charges c on c.id = r.charge_id
    where r.stripe_refund_id is not null and r.id > ${after_id} and r.created_at < ${to}
      and (${from}::timestamptz is null or r.created_at >= ${from}) and c.state = 'succeeded'
    order by r.id limit ${ROWS_MAX}`;
  return { rows, next: rows.length < ROWS_MAX ? null : (rows.at(-1)?.id ?? null) };
}

function columns(sql: Sql) {
  return sql`
    r.id, r.charge_id, r.state, r.amount_minor, r.currency, r.stripe_refund_id, c.stripe_payment_intent_id`;
}
