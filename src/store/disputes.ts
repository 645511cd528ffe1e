import type { DisputeSnapshot } from '../domain/payment-snapshot.ts';
import type { Sql } from './database.ts';

/** Keeps what Stripe says of a dispute beside its charge, which stays succeeded. */
export async function recordDispute(sql: Sql, charge_id: string, dispute: DisputeSnapshot): Promise<void> {
  const observed = { status: dispute.status, reason: dispute.reason, amount_minor: dispute.amount_minor };
  await sql`
    insert into breaks (kind, entity_id, stripe_id, observed)
    values ('dispute', ${charge_id}, ${dispute.id}, ${sql.json(observed)})
    on conflict (kind, entity_id) do update set observed = excluded.observed, last_seen_at = dc_now()`;
}
