/**
 * What a debit waits for before its turn: its notice, and a repetition that its mandate has left (docs/protocol.md, 20). Pure.
 * The statement that opens its attempt asks the same under locks (`debit_may_open`), and does not rest on this.
 */
import type { ChargeContext, ChargePolicy, DebitNotice } from '../charge/charge.ts';
import { HOUR_MS, MINUTE_MS } from '../durations.ts';
import { type Collection, noticeDays, planCollection, repetitionDay } from './plan-collection.ts';
import { type DebitScheme, SCHEMES, schemeOf } from './schemes.ts';

export type DebitNext =
  /** Write the notice of this collection, which is due at once. */
  | {
      readonly do: 'announce';
      readonly collection: Collection;
      readonly number: number;
      readonly is_repetition: boolean;
    }
  | {
      readonly do: 'wait';
      readonly reason: 'notice_later' | 'awaiting_notice';
      readonly due_in_ms: number;
    }
  /** Its mandate was presented again as often as the scheme allows: only the customer can help now. */
  | { readonly do: 'ask_customer'; readonly reason: 'attempts_exhausted' };

/** The row of a notice that is sent moves its charge; this only covers a wake-up that was lost. */
const UNSENT_WAIT_MS = 10 * MINUTE_MS;
/** How soon a charge whose notice could not be delivered learns that its customer has another address. */
const HELD_WAIT_MS = HOUR_MS;

/** As `debit_may_open` takes them. */
export const REPETITION_LIMITS = Object.values(SCHEMES).map(({ type, retries }) => ({
  type,
  most: retries.most,
  within_days: retries.within_days,
}));

/** Whether its next automatic attempt is a debit of ours, which is announced and collected. */
export function isCollected({ method, charge }: ChargeContext): boolean {
  const may_be = method.usable && method.closed === null && charge.future_use_at === null;
  return may_be && schemeOf(method.type) !== null;
}

/** What comes before the attempt; null when it may open, and for what is no debit of ours. */
export function decideDebit(context: ChargeContext, policy: ChargePolicy): DebitNext | null {
  const { method, now } = context;
  const notice = context.debit?.notice ?? null;
  const scheme = schemeOf(method.type);
  if (scheme === null || !isCollected(context)) return null;
  const failures = failuresOf(context);
  if (failures > 0 && !mayRepeat(scheme, context, failures - 1))
    return { do: 'ask_customer', reason: 'attempts_exhausted' };
  if (notice !== null && isOfThis(notice, context)) {
    const next = decideAnnounced(notice, now);
    if (next !== 'announce_anew') return next;
  }
  return announce(scheme, context, policy, failures);
}

/** How often its bank refused this charge by this method. */
function failuresOf({ attempts, method }: Pick<ChargeContext, 'attempts' | 'method'>): number {
  return attempts.filter(
    ({ payment_method_id, state }) =>
      payment_method_id === method.id && (state === 'declined' || state === 'authentication_required'),
  ).length;
}

/** Whether charge and mandate have a repetition left; `failures_before` do not count the newest. */
export function mayRepeat(
  scheme: DebitScheme,
  { debit }: Pick<ChargeContext, 'debit'>,
  failures_before: number,
): boolean {
  return failures_before < scheme.retries.most && (debit?.repetitions ?? 0) < scheme.retries.most;
}

function isOfThis(notice: DebitNotice, { charge, method }: ChargeContext): boolean {
  return (
    !notice.is_used &&
    notice.payment_method_id === method.id &&
    notice.amount_minor === charge.amount_minor &&
    notice.scheduled_for?.getTime() === charge.scheduled_for?.getTime()
  );
}

function decideAnnounced(notice: DebitNotice, now: Date): DebitNext | 'announce_anew' | null {
  const awaiting = (due_in_ms: number) => ({ do: 'wait', reason: 'awaiting_notice', due_in_ms }) as const;
  switch (notice.state) {
    case 'queued':
    case 'sending':
      return awaiting(UNSENT_WAIT_MS);
    case 'sent': {
      const early_ms = notice.confirm_not_before.getTime() - now.getTime();
      if (early_ms > 0) return awaiting(early_ms);
      return now > notice.confirm_until ? 'announce_anew' : null;
    }
    case 'failed':
      return notice.is_mended ? 'announce_anew' : awaiting(HELD_WAIT_MS);
    case 'suppressed':
      return 'announce_anew';
  }
}

function announce(
  scheme: DebitScheme,
  { now, charge, debit }: ChargeContext,
  policy: ChargePolicy,
  failures: number,
): DebitNext {
  const is_repetition = failures > 0;
  const { sent_by } = policy.debitNotice;
  const days = noticeDays(scheme, policy.debitNotice, is_repetition);
  const wanted = is_repetition ? repetitionDay(scheme, failures - 1, now) : charge.scheduled_for;
  const collection = planCollection(scheme, { now, wanted, sent_by, days });
  const early_ms = collection.notify_at.getTime() - now.getTime();
  // Without a day to wait for, each look would plan another one.
  const has_day = !is_repetition && charge.scheduled_for !== null && charge.scheduled_for > now;
  if (early_ms > 0 && has_day) return { do: 'wait', reason: 'notice_later', due_in_ms: early_ms };
  return { do: 'announce', collection, number: (debit?.notice?.number ?? 0) + 1, is_repetition };
}
