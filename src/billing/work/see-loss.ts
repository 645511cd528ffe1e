/**
 * Stripe, or a process's own memory, shows something of ours whose row is gone (docs/protocol.md, 2.11): what was
 * committed once is not there any more, so more may be missing.
 */
import { type LossCause, noteLoss } from '../../store/postgres/loss.ts';
import type { Dependencies } from '../dependencies.ts';

/**
 * Notes the loss, and turns charging off, if what is missing was written (`seen_at`) after the newest loss that is
 * known; an older one is that loss, which a person has in hand.
 */
export async function seeLoss(
  { sql, log }: Pick<Dependencies, 'sql' | 'log'>,
  cause: LossCause,
  seen_at: Date,
): Promise<void> {
  const loss = await noteLoss(sql, { cause, seen_at, since: null, stops: true });
  if (loss !== null) log.error({ event: 'rows.lost', cause });
}

/**
 * When the row of an object at Stripe was written, at the latest. Not the time of an event about it: what becomes of it
 * years later (a customer who comes back, a person's verb) tells of no new loss.
 */
export function madeAt({ created_s }: { readonly created_s: number | null }, told_at: Date): Date {
  return created_s == null ? told_at : new Date(created_s * 1_000);
}
