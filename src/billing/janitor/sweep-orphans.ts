/**
 * Cancels PaymentIntents of ours that no charge is bound to (docs/protocol.md, 2.8).
 *
 * Reads Stripe's list (the search lags by up to an hour) over a bounded window, a bounded number of pages per round,
 * and goes on from there in the next round. What leaves the window unseen stays an unconfirmed PaymentIntent, which
 * takes no money: this is tidiness, with one alarm in it for the case that must never happen. Money that an unbound
 * charge has not heard of is brought to it.
 */

import { z } from 'zod';
import { decideOrphan } from '../../domain/charge/orphans.ts';
import type { PaymentSnapshot } from '../../domain/charge/payment-snapshot.ts';
import { HOUR_S } from '../../domain/durations.ts';
import { unreachable } from '../../platform/errors.ts';
import {
  closeFoundBreaks,
  closeOrphanCancels,
  readOrphanCharges,
  recordUnboundPayment,
} from '../../store/janitor/orphans.ts';
import { readCursor, saveSweep, takeSweep } from '../../store/work/sweeps.ts';
import { readPage } from '../../stripe/pages.ts';
import { paymentIntentsIn } from '../../stripe/payment-intents.ts';
import { cancelOrphan } from '../charge/cancel-orphan.ts';
import { seeLoss } from '../work/see-loss.ts';
import { type BringDependencies, bringMarked } from './bring-marked.ts';

const PAGES_MAX = 5;
/** The window in multiples of the age at which an orphan without a charge is cancelled. */
const WINDOW_AGES = 2;

/** The window's beginning (Unix seconds, Stripe's clock) and the page after which to go on. */
const cursorShape = z.object({ since_s: z.int(), after: z.string().nullable() });
type Cursor = z.output<typeof cursorShape>;

/**
 * One round over the account's newer PaymentIntents, if one is due. True while the window is not at its end; the next
 * round is then due one janitor interval later, so that reading a large account never crowds out charging. Any worker
 * may call it at any time; one at a time does it.
 */
export async function sweepOrphansOnce(deps: BringDependencies, signal?: AbortSignal): Promise<boolean> {
  const { sql, timings } = deps;
  const taken = await takeSweep(sql, 'payment_intents', {
    shortest_ms: timings.orphanSweepIntervalMs,
    longest_ms: timings.orphanQuietMs,
  });
  if (taken === null) return false;
  const window_s = WINDOW_AGES * timings.orphanAgeHours * HOUR_S;
  let cursor = readCursor(taken, cursorShape) ?? { since_s: taken.now_s - window_s, after: null };
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const next = await sweepPage(deps, cursor, taken.now_s, signal);
    cursor = { since_s: cursor.since_s, after: next };
    if (next === null) break;
  }
  await closeFoundBreaks(sql);
  const isMore = cursor.after !== null;
  await saveSweep(sql, 'payment_intents', {
    cursor: isMore ? JSON.stringify(cursor) : '',
    due_in_ms: isMore ? timings.janitorIntervalMs : null,
    is_active: isMore,
  });
  return isMore;
}

/** Sweeps one page; returns the page after which to go on, or null at the end or when Stripe did not answer. */
async function sweepPage(
  deps: BringDependencies,
  cursor: Cursor,
  now_s: number,
  signal: AbortSignal | undefined,
): Promise<string | null> {
  const list = paymentIntentsIn({ customer: null, created_gte_s: cursor.since_s });
  const limits = { signal };
  const answer = await readPage(deps.stripe, list, cursor.after, limits);
  if (answer.kind !== 'ok') {
    deps.log.warn({ event: 'orphans.unreadable', outcome: answer.kind });
    return null;
  }
  const ours = answer.value.data.filter((intent) => intent.metadata.dc_instance === deps.instance.id);
  const charges = await readOrphanCharges(deps.sql, ours.map(chargeIdOf));
  await seeMissing(
    deps,
    ours.filter((intent) => isMarked(intent) && !charges.has(chargeIdOf(intent))),
    now_s,
  );
  for (const intent of ours) {
    const decision = decideOrphan(intent, charges.get(chargeIdOf(intent)) ?? null);
    switch (decision.kind) {
      case 'keep':
      case 'lost':
        break;
      case 'cancel':
        await cancelOrphan(deps, intent, decision.because, limits);
        break;
      case 'bring':
        // Without an answer, the next round sees it again.
        if ((await bringMarked(deps, intent, 'payment_intents', limits)) === 'unreadable')
          deps.log.warn({ event: 'orphans.unreadable', outcome: 'marked' });
        break;
      case 'alarm':
        if (await recordUnboundPayment(deps.sql, intent))
          deps.log.error({ event: 'payment.unbound', paymentIntentId: intent.id });
        break;
      default:
        unreachable(decision);
    }
  }
  await closeOrphanCancels(
    deps.sql,
    ours.filter((intent) => intent.status === 'canceled').map((intent) => intent.id),
  );
  return answer.value.next;
}

/** Whatever became of them, each was made for a row: the youngest shows whether the loss is known. */
async function seeMissing(
  deps: BringDependencies,
  missing: readonly PaymentSnapshot[],
  now_s: number,
): Promise<void> {
  if (missing.length === 0) return;
  const youngest_s = Math.max(...missing.map(({ created_s }) => created_s ?? now_s));
  await seeLoss(deps, 'payment_intent_without_row', new Date(youngest_s * 1_000));
}

const isMarked = (intent: PaymentSnapshot): boolean => chargeIdOf(intent) !== '';

function chargeIdOf(intent: PaymentSnapshot): string {
  return intent.metadata.dc_charge ?? '';
}
