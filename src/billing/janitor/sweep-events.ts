/**
 * The net below the webhooks: everything that Stripe sends by webhook is also in its list of events, and this sweep
 * reads that list from where it left off. If every webhook is lost, charges and setups still settle, only later
 * (docs/protocol.md, 13.2).
 *
 *   newest ◀── page 1 ── page 2 ── … ── since ──overlap──┐
 *              the next pass begins where this one began ┘
 *
 * Events carry whole seconds and may be listed late, hence the overlap; the inbox knows what it has seen.
 */
import { z } from 'zod';
import { DAY_S } from '../../domain/durations.ts';
import { isEventsRead } from '../../domain/loss.ts';
import { insertInboxEvents } from '../../store/door/inbox-intake.ts';
import { noteEventsRead, noteLoss } from '../../store/postgres/loss.ts';
import { readCursor, saveSweep, type TakenSweep, takeSweep } from '../../store/work/sweeps.ts';
import { eventsIn } from '../../stripe/events/events.ts';
import { LISTED_EVENT_TYPES } from '../../stripe/events/followed-events.ts';
import { readPage } from '../../stripe/pages.ts';
import type { Dependencies } from '../dependencies.ts';
import { seeMissingRows } from './see-missing-rows.ts';

type SweepDependencies = Pick<
  Dependencies,
  'sql' | 'stripe' | 'instance' | 'timings' | 'log' | 'metrics' | 'offer'
>;

/** Pages of 100 that one round reads before it lets others use the connection. */
const PAGES_MAX = 10;
const OVERLAP_S = 120;
/** How far back a deployment looks the first time. */
const FIRST_LOOK_S = 86_400;

/** Unix seconds, Stripe's clock. `after` and `newest_s` are set while a pass is under way. */
const cursorShape = z.object({
  since_s: z.int(),
  newest_s: z.int().nullable(),
  after: z.string().nullable(),
});
type Cursor = z.output<typeof cursorShape>;

/**
 * One round over Stripe's events, if one is due. True while the pass is not at its end. Any worker may call it at any
 * time; the sweep's row lets one at a time do it.
 */
export async function sweepEventsOnce(deps: SweepDependencies, signal?: AbortSignal): Promise<boolean> {
  const { sql, timings, log } = deps;
  const taken = await takeSweep(sql, 'events', {
    shortest_ms: timings.eventsListIntervalMs,
    longest_ms: timings.eventsQuietMs,
  });
  if (taken === null) return false;
  let cursor = readCursor(taken, cursorShape) ?? {
    since_s: taken.now_s - FIRST_LOOK_S,
    newest_s: null,
    after: null,
  };
  await seeOldMark(deps, taken);
  // Creates wait for the end of this walk: what it shows to be missing must be known by then.
  const look = isEventsRead(datesOf(taken), timings) ? null : seeMissingRows;
  let missed = 0;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const read = await sweepPage(deps, cursor, look, signal);
    if (read === null) {
      // A page that cannot be found again (the list was reset) must not hold up the sweep for ever.
      const again = JSON.stringify({ ...cursor, after: null });
      await saveSweep(sql, 'events', { cursor: again, due_in_ms: null, is_active: true });
      return false;
    }
    cursor = read.next;
    missed += read.missed;
    if (cursor.after === null) break;
  }
  const isMore = cursor.after !== null;
  if (!isMore) await noteEventsRead(sql);
  const due_in_ms = isMore ? 0 : null;
  // What the webhooks did not bring: more may follow on that way.
  const is_active = isMore || missed > 0;
  await saveSweep(sql, 'events', { cursor: JSON.stringify(cursor), due_in_ms, is_active });
  log.debug({ event: 'events.swept', outcome: isMore ? 'more' : 'caught_up' });
  return isMore;
}

const datesOf = ({ now_s, events_read_s }: TakenSweep) => ({
  now: new Date(now_s * 1_000),
  events_read_at: new Date(events_read_s * 1_000),
});

/** Beyond Stripe's memory of its events nobody can say what we have missed: that is a loss. */
async function seeOldMark({ sql, timings, log }: SweepDependencies, taken: TakenSweep): Promise<void> {
  const { now_s, events_read_s } = taken;
  if (now_s - events_read_s < timings.eventsMarkDays * DAY_S) return;
  const sighting = { cause: 'events_unread', seen_at: new Date(events_read_s * 1_000), since: null } as const;
  const loss = await noteLoss(sql, { ...sighting, stops: false });
  if (loss !== null) log.error({ event: 'rows.lost', cause: sighting.cause });
}

/** Reads one page and keeps its events; returns where to go on and how many were new, or null without Stripe's answer. */
async function sweepPage(
  deps: SweepDependencies,
  cursor: Cursor,
  look: typeof seeMissingRows | null,
  signal: AbortSignal | undefined,
): Promise<{ readonly next: Cursor; readonly missed: number } | null> {
  const { sql, stripe, log, metrics } = deps;
  const list = eventsIn({ types: LISTED_EVENT_TYPES, created_gte_s: cursor.since_s });
  const answer = await readPage(stripe, list, cursor.after, { signal });
  if (answer.kind !== 'ok') {
    log.warn({ event: 'events.unreadable', outcome: answer.kind });
    return null;
  }
  const { data, next } = answer.value;
  const { livemode } = stripe;
  const ours = data.filter((event) => event.livemode === livemode).map((event) => ({ ...event, livemode }));
  if (ours.length < data.length) {
    metrics.breaksTotal.inc({ kind: 'livemode' }, data.length - ours.length);
    log.error({ event: 'inbox_event.refused', count: data.length - ours.length, code: 'livemode_differs' });
  }
  await look?.(deps, ours);
  const ids = await insertInboxEvents(sql, ours, 'events_list');
  if (ids.length > 0) {
    log.info({ event: 'events.missed', count: ids.length });
    metrics.inboxEventsTotal.inc({ type: 'listed', outcome: 'missed' }, ids.length);
    await deps.offer('inbox_event', ids);
  }
  const newest_s = cursor.newest_s ?? data[0]?.created_s ?? null;
  const missed = ids.length;
  if (next !== null) return { next: { since_s: cursor.since_s, newest_s, after: next }, missed };
  const since_s = newest_s === null ? cursor.since_s : Math.max(cursor.since_s, newest_s - OVERLAP_S);
  return { next: { since_s, newest_s: null, after: null }, missed };
}
