/** A refund's own obligation, and what Stripe says of it. */

import type { RefundSnapshot, RefundStatus } from '../../domain/charge/refund-snapshot.ts';
import type { Loss } from '../../domain/loss.ts';
import { retryConflict, type Sql } from '../postgres/database.ts';
import { type LossColumns, lossOf } from '../postgres/instance.ts';
import type { HeldLease, Rows } from '../work/obligations.ts';

export type OpenedRefund = Rows['refund'] & {
  readonly create_opened_at: Date;
  readonly payment_intent_id: string | null;
  readonly now: Date;
  readonly loss: Loss | null;
  /** When Stripe's events were last read to their end. */
  readonly events_read_at: Date;
};

/** Writes the create ahead of its first byte, or returns the one that is open. Null: the lease is gone, or it is made. */
export async function openRefundCreate(sql: Sql, lease: HeldLease): Promise<OpenedRefund | null> {
  const rows = await sql<(OpenedRefund & LossColumns)[]>`
    update refunds r set create_opened_at = coalesce(r.create_opened_at, dc_now()), revision = r.revision + 1
    from instance i, charges c
    where r.id = ${lease.id} and r.lease_number = ${lease.lease_number} and c.id = r.charge_id
      and r.state = 'queued' and r.stripe_refund_id is null
    returning r.*, c.stripe_payment_intent_id as payment_intent_id, dc_now() as now, i.lost_at, i.lost_from,
      i.events_read_at`;
  const row = rows[0];
  return row === undefined ? null : { ...row, loss: lossOf(row) };
}

/** What Stripe says of a refund whose status is known, and who brings it. */
export type BroughtRefund = {
  readonly charge_id: string;
  /** The row that our own mark names; null for what was made elsewhere. */
  readonly mark: string | null;
  /** The id of the row, if it has none yet. */
  readonly new_id: string;
  readonly snapshot: RefundSnapshot & { readonly status: RefundStatus };
  /** When to look again at what has not ended. */
  readonly look_ms: number;
  readonly cause: string;
  readonly cause_reference: string | null;
};

/**
 * `brought`: written. `recovered`: written, and ours by its mark, so that its row was lost. `same`: it was known.
 * `stale`: the row has gone on since.
 */
export type RefundBrought = 'brought' | 'recovered' | 'same' | 'stale' | 'unknown_charge';

export async function bringRefund(
  sql: Sql,
  brought: BroughtRefund,
): Promise<{ readonly id: string | null; readonly result: RefundBrought }> {
  const { charge_id, mark, new_id, snapshot, look_ms, cause, cause_reference } = brought;
  const { id, status, amount_minor, currency, reason, failure_reason, created_s } = snapshot;
  const rows = await retryConflict(
    async () =>
      await sql<{ id: string | null; result: RefundBrought }[]>`
        select b.id, b.result from bring_refund(
          ${charge_id}, ${mark}::text, ${new_id}, ${id}, ${status}, ${amount_minor}::bigint, ${currency ?? ''},
          ${reason}::text, ${failure_reason}::text, coalesce(to_timestamp(${created_s}::bigint), dc_now()),
          ${look_ms}::double precision, ${cause}, ${cause_reference}::text) b`,
  );
  return rows[0] ?? { id: null, result: 'unknown_charge' };
}

export type KnownRefund = {
  readonly payment_intent_id: string;
  readonly charge_id: string;
  readonly is_succeeded: boolean;
};

/** The charges that are bound to these PaymentIntents. */
export async function readRefundedCharges(
  sql: Sql,
  payment_intent_ids: readonly string[],
): Promise<ReadonlyMap<string, KnownRefund>> {
  const rows = await sql<KnownRefund[]>`
    select stripe_payment_intent_id as payment_intent_id, id as charge_id, state = 'succeeded' as is_succeeded
    from charges where stripe_payment_intent_id = any(${payment_intent_ids as string[]})`;
  return new Map(rows.map((row) => [row.payment_intent_id, row]));
}

/** Which refunds of Stripe's are written down as they stand, as `id status`. */
export async function readKnownRefunds(sql: Sql, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await sql<{ known: string }[]>`
    select stripe_refund_id || ' ' || state as known from refunds where stripe_refund_id = any(${ids as string[]})`;
  return new Set(rows.map((row) => row.known));
}
