import type { BookedCharge, Difference } from '../domain/reconciliation.ts';
import type { Sql } from './database.ts';

const COLUMNS = [
  'id',
  'state',
  'amount_minor',
  'amount_received_minor',
  'currency',
  'stripe_payment_intent_id',
  'settled_at',
] as const;

/** The charges that these PaymentIntents belong to, by binding or by our mark. */
export async function readBooked(
  sql: Sql,
  payment_intent_ids: readonly string[],
  marked_charge_ids: readonly string[],
): Promise<BookedCharge[]> {
  const rows = await sql`
    select ${sql([...COLUMNS])} from charges
    where stripe_payment_intent_id = any(${payment_intent_ids as string[]})
       or id = any(${marked_charge_ids as string[]})`;
  return rows as unknown as BookedCharge[];
}

/** Charges booked as succeeded since `from`, in pages by id. */
export async function readSucceeded(
  sql: Sql,
  from: Date | null,
  after_id: string,
  limit: number,
): Promise<BookedCharge[]> {
  const rows = await sql`
    select ${sql([...COLUMNS])} from charges
    where state = 'succeeded' and id > ${after_id} and (${from}::timestamptz is null or settled_at >= ${from})
    order by id limit ${limit}`;
  return rows as unknown as BookedCharge[];
}

/** What the books say was received since `from`, by currency. */
export async function sumReceived(
  sql: Sql,
  from: Date | null,
): Promise<{ currency: string; received_minor: number }[]> {
  return await sql<{ currency: string; received_minor: number }[]>`
    select currency, sum(amount_received_minor)::bigint as received_minor from charges
    where state = 'succeeded' and (${from}::timestamptz is null or settled_at >= ${from})
    group by currency order by currency`;
}

/** Keeps each difference for a person; nothing is healed here. */
export async function recordDifferences(sql: Sql, differences: readonly Difference[]): Promise<void> {
  if (differences.length === 0) return;
  await sql`
    insert into breaks (kind, entity_id, stripe_id, observed)
    select d.kind, coalesce(d.charge, d.payment_intent), d.payment_intent,
           jsonb_build_object('database', d.database, 'stripe', d.stripe)
    from jsonb_to_recordset(${sql.json(differences as never)}::jsonb)
      as d (kind text, charge text, payment_intent text, database text, stripe text)
    on conflict (kind, entity_id) do update set last_seen_at = dc_now(), observed = excluded.observed`;
}
