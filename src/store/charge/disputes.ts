/** What Stripe says of disputes and early fraud warnings, kept beside the charges that they are about. */
import type { DisputeSnapshot, WarningSnapshot } from '../../domain/charge/refund-snapshot.ts';
import { retryConflict, type Sql } from '../postgres/database.ts';

export type Bringer = { readonly cause: string; readonly cause_reference: string | null };

/** `opened`, `closed`: news; `changed`: its status is another; `stale`: an older word than what is known. */
export type DisputeBrought = 'opened' | 'closed' | 'changed' | 'same' | 'stale';

/**
 * Writes a dispute down beside its charge, which stays succeeded. `is_current`: it was read just now; an event may be older
 * than what is known, and does not open again what has ended.
 */
export async function bringDispute(
  sql: Sql,
  charge_id: string,
  dispute: DisputeSnapshot,
  is_current: boolean,
  by: Bringer,
): Promise<DisputeBrought> {
  const { id, status, reason, amount_minor, currency, created_s, evidence_due_s } = dispute;
  const rows = await retryConflict(
    async () =>
      await sql<{ brought: DisputeBrought }[]>`
        select bring_dispute(
          ${charge_id}, ${id}, ${status ?? 'unknown'}, ${reason}::text, ${amount_minor ?? 0}::bigint, ${currency ?? ''},
          to_timestamp(${evidence_due_s ?? null}::bigint), coalesce(to_timestamp(${created_s ?? null}::bigint), dc_now()),
          ${is_current}, ${by.cause}, ${by.cause_reference}::text) as brought`,
  );
  return rows[0]?.brought ?? 'same';
}

/** Writes an early fraud warning down; true when it is news. */
export async function bringWarning(
  sql: Sql,
  charge_id: string,
  warning: WarningSnapshot,
  by: Bringer,
): Promise<boolean> {
  const { id, fraud_type, actionable, created_s } = warning;
  const rows = await retryConflict(
    async () =>
      await sql<{ is_new: boolean }[]>`
        select bring_fraud_warning(
          ${charge_id}, ${id}, ${fraud_type}::text, ${actionable}, coalesce(to_timestamp(${created_s}::bigint), dc_now()),
          ${by.cause}, ${by.cause_reference}::text) as is_new`,
  );
  return rows[0]?.is_new === true;
}

/** Open disputes that nobody has heard of for this long, the longest first: their end may have been told to nobody. */
export async function readQuietDisputes(
  sql: Sql,
  quiet_ms: number,
  limit: number,
): Promise<{ readonly id: string; readonly charge_id: string }[]> {
  return await sql<{ id: string; charge_id: string }[]>`
    select id, charge_id from disputes
    where state = 'open' and seen_at < dc_now() - ${quiet_ms}::double precision * interval '1 millisecond'
    order by seen_at limit ${limit}`;
}
