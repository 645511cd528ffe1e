import type { DisputeSnapshot } from '../../domain/charge/payment-snapshot.ts';
import type { Sql } from '../postgres/database.ts';

/** States that a dispute never leaves. */
const ENDS = ['won', 'lost', 'warning_closed'];

/**
 * Keeps what Stripe says about a dispute beside its charge, which stays succeeded. The event that opens it may arrive
 * after the one that ends it, and does not open it again.
 */
export async function recordDispute(sql: Sql, charge_id: string, dispute: DisputeSnapshot): Promise<void> {
  const observed = { status: dispute.status, reason: dispute.reason, amount_minor: dispute.amount_minor };
  await sql`
    insert into breaks (kind, entity_id, stripe_id, observed)
    values ('dispute', ${charge_id}, ${dispute.id}, ${sql.json(observed)})
    on conflict (kind, entity_id) do update set
      stripe_id = excluded.stripe_id, observed = excluded.observed, last_seen_at = dc_now()
    where breaks.stripe_id is distinct from excluded.stripe_id
       or breaks.observed ->> 'status' is null or breaks.observed ->> 'status' <> all(${ENDS})`;
}
