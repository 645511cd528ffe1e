/**
 * A loss: from some time on rows may be missing that Stripe knows, because the database was restored, failed over
 * without its last commits, or was set back. From then on a row that remembers no create is no proof that there was
 * none, so whatever a row has Stripe create is looked for there first (docs/protocol.md, 2.9).
 */
import { DAY_MS, HOUR_MS } from './durations.ts';

/** The newest loss, by the business clock. */
export type Loss = {
  readonly noted_at: Date;
  /** From when on rows may be missing. */
  readonly from: Date;
};

/**
 * Why a create looks at Stripe before it sends anything:
 * - `key_old`: it was begun so long ago that Stripe may have forgotten its key;
 * - `rows_lost`: an earlier create may have been forgotten by us.
 */
export type LookFirst = 'key_old' | 'rows_lost';

/** What a row remembers of its create. */
export type CreateMemory = {
  /** When the create under its present number was begun. */
  readonly create_opened_at: Date | null;
  /** When a look at Stripe last found nothing made for it. */
  readonly listed_at: Date | null;
};

export type LookPolicy = {
  /** Nothing is created unless Stripe's events were read to their end within this. */
  readonly eventsReadHours: number;
  /** How long Stripe surely keeps a key. */
  readonly resendWindowHours: number;
  /** How long after a loss creates look first. */
  readonly lossListFirstDays: number;
};

/**
 * Whether Stripe's events were read to their end lately. A database that was set back in silence does not know it, but
 * the time of its last walk is old; younger losses are covered by Stripe's memory of keys (docs/protocol.md, 2.14).
 */
export function isEventsRead(
  { events_read_at, now }: { readonly events_read_at: Date; readonly now: Date },
  policy: LookPolicy,
): boolean {
  return now.getTime() - events_read_at.getTime() < policy.eventsReadHours * HOUR_MS;
}

/** How long a create waits before it asks again whether they were read. */
export const EVENTS_WAIT_MS = 2_000;

/** Why the create of this row must look first; null if it may be sent. */
export function lookFirst(
  row: CreateMemory,
  { loss, now }: { readonly loss: Loss | null; readonly now: Date },
  policy: LookPolicy,
): LookFirst | null {
  if (loss !== null && isWithin(loss, now, policy) && (row.listed_at ?? loss.noted_at) <= loss.noted_at)
    return 'rows_lost';
  const opened_ms = row.create_opened_at?.getTime();
  const is_old = opened_ms !== undefined && now.getTime() - opened_ms >= policy.resendWindowHours * HOUR_MS;
  return is_old ? 'key_old' : null;
}

function isWithin({ noted_at }: Loss, now: Date, { lossListFirstDays }: LookPolicy): boolean {
  return now.getTime() - noted_at.getTime() < lossListFirstDays * DAY_MS;
}

/** Stripe stamps by its own clock: look a day further back than ours says. */
const CLOCK_MARGIN_MS = DAY_MS;
/** What was asked for longer ago has ended, or its row was in the backup. */
const LOST_DAYS = 90;

/** From when on a look lists. */
export function lookSince(
  because: LookFirst,
  row: Pick<CreateMemory, 'create_opened_at'>,
  { loss, now }: { readonly loss: Loss | null; readonly now: Date },
): Date {
  const begun_ms = (row.create_opened_at ?? now).getTime();
  const lost_ms = Math.min(now.getTime() - LOST_DAYS * DAY_MS, (loss?.from ?? now).getTime());
  const from_ms = because === 'rows_lost' ? Math.min(begun_ms, lost_ms) : begun_ms;
  return new Date(from_ms - CLOCK_MARGIN_MS);
}
