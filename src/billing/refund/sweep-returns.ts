/**
 * Walks Stripe's lists of refunds, disputes and early fraud warnings by the time they were made: of some no list of events
 * tells, and webhooks get lost (docs/protocol.md, 19.5). Also reads open disputes that nobody has spoken of for a day.
 */
import { z } from 'zod';
import type {
  DisputeSnapshot,
  RefundSnapshot,
  WarningSnapshot,
} from '../../domain/charge/refund-snapshot.ts';
import { DAY_S, HOUR_MS, HOUR_S } from '../../domain/durations.ts';
import { unreachable } from '../../platform/errors.ts';
import { readQuietDisputes } from '../../store/charge/disputes.ts';
import { readKnownRefunds } from '../../store/charge/refunds.ts';
import { readCursor, saveSweep, takeSweep } from '../../store/work/sweeps.ts';
import { type List, readPage } from '../../stripe/pages.ts';
import { disputesSince, retrieveDispute, warningsSince } from '../../stripe/refunds/disputes.ts';
import { refundsSince } from '../../stripe/refunds/refunds.ts';
import { applyDispute, applyRefund, applyWarning, type ReturnDependencies } from './apply-refund-event.ts';

/** Pages of 100 of one list that a round reads. */
const PAGES_MAX = 5;
/** Disputes that a round reads one by one. */
const DISPUTES_MAX = 50;
/** How far back a deployment looks the first time. */
const FIRST_LOOK_S = 35 * DAY_S;

/** Unix seconds, Stripe's clock; `after` and `newest_s` are set while a walk is under way. */
const cursorShape = z.object({
  since_s: z.int(),
  newest_s: z.int().nullable(),
  after: z.string().nullable(),
});

const LISTS = ['refunds', 'disputes', 'fraud_warnings'] as const;
type ListName = (typeof LISTS)[number];

const BY = { cause: 'janitor', cause_reference: 'listed' } as const;

/** One round over each list whose walk is due. Any worker may call it at any time; one at a time does each. */
export async function sweepReturnsOnce(deps: ReturnDependencies, signal?: AbortSignal): Promise<void> {
  for (const name of LISTS) await walkOnce(deps, name, signal);
}

async function walkOnce(
  deps: ReturnDependencies,
  name: ListName,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { sql, timings } = deps;
  const taken = await takeSweep(sql, name, {
    shortest_ms: timings.returnsSweepIntervalMs,
    longest_ms: timings.returnsQuietMs,
  });
  if (taken === null) return;
  let cursor = readCursor(taken, cursorShape) ?? {
    since_s: taken.now_s - FIRST_LOOK_S,
    newest_s: null,
    after: null,
  };
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const read = await readPage<Listed>(deps.stripe, listOf(name, cursor.since_s), cursor.after, { signal });
    if (read.kind !== 'ok') {
      // A key may not be permitted to read one of the lists: the others go on, and events bring what they can.
      deps.log.warn({ event: 'returns.unreadable', part: name, outcome: read.kind });
      await saveSweep(sql, name, {
        cursor: JSON.stringify({ ...cursor, after: null }),
        due_in_ms: null,
        is_active: false,
      });
      return;
    }
    const { data, next } = read.value;
    await bring(deps, name, data);
    const newest_s = cursor.newest_s ?? data[0]?.created_s ?? null;
    cursor = { since_s: cursor.since_s, newest_s, after: next };
    if (next === null) break;
  }
  if (name === 'disputes') await readQuiet(deps, signal);
  const isMore = cursor.after !== null;
  if (!isMore)
    cursor = { since_s: sinceOf(cursor, timings.returnsOverlapHours), newest_s: null, after: null };
  await saveSweep(sql, name, {
    cursor: JSON.stringify(cursor),
    due_in_ms: isMore ? timings.janitorIntervalMs : null,
    is_active: isMore,
  });
}

function sinceOf({ since_s, newest_s }: z.output<typeof cursorShape>, overlap_hours: number): number {
  return newest_s === null ? since_s : Math.max(since_s, newest_s - overlap_hours * HOUR_S);
}

type Listed = { readonly id: string; readonly created_s?: number | null };

function listOf(name: ListName, since_s: number): List<Listed> {
  switch (name) {
    case 'refunds':
      return refundsSince(since_s);
    case 'disputes':
      return disputesSince(since_s);
    case 'fraud_warnings':
      return warningsSince(since_s);
    default:
      return unreachable(name);
  }
}

/** Brings what a page shows; of refunds only what is not known as it stands, for most are. */
async function bring(deps: ReturnDependencies, name: ListName, page: readonly Listed[]): Promise<void> {
  switch (name) {
    case 'refunds': {
      const refunds = page as readonly RefundSnapshot[];
      const known = await readKnownRefunds(
        deps.sql,
        refunds.map(({ id }) => id),
      );
      for (const refund of refunds)
        if (!known.has(`${refund.id} ${refund.status}`)) await applyRefund(deps, refund, BY);
      return;
    }
    case 'disputes':
      for (const dispute of page as readonly DisputeSnapshot[])
        await applyDispute(deps, dispute, { ...BY, is_current: true });
      return;
    case 'fraud_warnings':
      for (const warning of page as readonly WarningSnapshot[]) await applyWarning(deps, warning, BY);
      return;
    default:
      unreachable(name);
  }
}

async function readQuiet(deps: ReturnDependencies, signal: AbortSignal | undefined): Promise<void> {
  const quiet_ms = deps.timings.disputeQuietHours * HOUR_MS;
  for (const { id } of await readQuietDisputes(deps.sql, quiet_ms, DISPUTES_MAX)) {
    const read = await retrieveDispute(deps.stripe, id, { signal });
    if (read.kind === 'ok') await applyDispute(deps, read.value, { ...BY, is_current: true });
  }
}
