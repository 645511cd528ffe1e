import { failpoint } from '../platform/failpoints.ts';
import type { Log } from '../platform/log.ts';
import { productionTimings, type Timings } from '../platform/timings.ts';
import type { Sql } from '../store/postgres/database.ts';
import { forgetOffers, type Kind, offerRows } from '../store/work/obligations.ts';
import type { Queue } from './backend.ts';

/** Ids that go out in one statement and one call of the queue. */
const IDS_AT_ONCE_MAX = 200;
/** How long a reading of the queue's length stays valid. */
const LOOK_MS = 250;
/** The fast lane reopens once it has drained to this share, after a pause in which ordinary jobs run alone. */
const DRAINED = 0.1;

type Waiting = { readonly ids: readonly string[]; readonly done: () => void };
type Lane = {
  waiting: Waiting[];
  /** Ids that wait here or are being sent. */
  count: number;
  isRunning: boolean;
  /** Ids that the fast lane still takes, as of the last reading. */
  room: number;
  isClosed: boolean;
  look_at_ms: number;
};

/**
 * Offers what the API has just committed: marks the rows as offered and puts them in the fast lane, because a person may
 * be waiting.
 *
 * One offer per kind is under way at a time, and rows that arrive meanwhile leave together with the next one. Offered one
 * by one, a burst of requests spent more time on the queue than on the requests, and most offers missed their deadline.
 *
 * The fast lane is open while the workers keep up. When too much waits in it, we offer nothing here for a while, and the
 * dispatcher offers the rows that have been due the longest. Otherwise a burst would stand before everything else until
 * it ends.
 *
 * Never throws. The rows are committed, so the dispatcher offers whatever is lost or left out here.
 */
export function createOffer(
  sql: Sql,
  queue: Queue,
  log: Log,
  timings: Pick<Timings, 'offersFirstMax' | 'offersFirstPauseMs'> = productionTimings,
): (kind: Kind, ids: readonly string[]) => Promise<void> {
  const lanes = new Map<Kind, Lane>();

  async function send(kind: Kind, ids: readonly string[]): Promise<void> {
    try {
      await failpoint('offer.before');
      const offers = await offerRows(sql, kind, ids);
      await failpoint('offer.after_effect');
      await queue.offer(kind, offers, { first: true });
      await failpoint('offer.after');
    } catch (err) {
      log.warn({ event: 'offer.lost', queue: kind, count: ids.length, err });
      // Otherwise the rows would wait until their offers count as stale.
      await forgetOffers(sql, kind, ids).catch(() => {});
    }
  }

  async function run(kind: Kind, lane: Lane): Promise<void> {
    lane.isRunning = true;
    while (lane.waiting.length > 0) {
      const batch = takeBatch(lane);
      const ids = batch.flatMap((each) => each.ids);
      await send(kind, ids);
      lane.count -= ids.length;
      for (const { done } of batch) done();
    }
    lane.isRunning = false;
  }

  /** Reads the queue's length for later offers; this one does not wait for the answer. */
  function look(kind: Kind, lane: Lane): void {
    const now_ms = performance.now();
    if (now_ms < lane.look_at_ms) return;
    lane.look_at_ms = now_ms + LOOK_MS;
    queue.waiting(kind).then(
      ({ first }) => heed(lane, first),
      // Ignore errors here; the offers report an unreachable queue.
      () => {},
    );
  }

  /** Closes the fast lane when it is full, and reopens it a while after it has drained. */
  function heed(lane: Lane, waiting: number): void {
    lane.room = lane.isClosed ? 0 : timings.offersFirstMax - waiting - lane.count;
    if (!lane.isClosed) {
      lane.isClosed = lane.room <= 0;
    } else if (waiting <= timings.offersFirstMax * DRAINED) {
      lane.isClosed = false;
      lane.look_at_ms = performance.now() + timings.offersFirstPauseMs;
    }
  }

  function laneOf(kind: Kind): Lane {
    const known = lanes.get(kind);
    if (known !== undefined) return known;
    const room = timings.offersFirstMax;
    const lane: Lane = { waiting: [], count: 0, isRunning: false, room, isClosed: false, look_at_ms: 0 };
    lanes.set(kind, lane);
    return lane;
  }

  return (kind, ids) =>
    new Promise((done) => {
      const lane = laneOf(kind);
      look(kind, lane);
      if (ids.length === 0 || lane.room <= 0) return done();
      lane.waiting.push({ ids, done });
      lane.count += ids.length;
      lane.room -= ids.length;
      if (!lane.isRunning) void run(kind, lane);
    });
}

/** Takes the oldest that fit into one call; at least one, however large. */
function takeBatch(lane: Lane): Waiting[] {
  const batch: Waiting[] = [];
  let size = 0;
  for (const next of lane.waiting) {
    if (batch.length > 0 && size + next.ids.length > IDS_AT_ONCE_MAX) break;
    batch.push(next);
    size += next.ids.length;
  }
  lane.waiting = lane.waiting.slice(batch.length);
  return batch;
}
