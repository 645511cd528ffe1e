import { failpoint } from '../platform/failpoints.ts';
import type { Log } from '../platform/log.ts';
import { productionTimings, type Timings } from '../platform/timings.ts';
import type { Sql } from '../store/postgres/database.ts';
import { forgetOffers, type Kind, offerRows } from '../store/work/obligations.ts';
import type { Queue } from './backend.ts';

/** Ids that go out in one statement and one call of the queue. */
const IDS_AT_ONCE_MAX = 200;
/** How old may be what is known of the queue. */
const LOOK_MS = 250;
/** Of what may go ahead, how little must be left before more may: after that the rest has the pause to itself. */
const DRAINED = 0.1;

type Waiting = { readonly ids: readonly string[]; readonly done: () => void };
type Lane = {
  waiting: Waiting[];
  /** Ids that wait here or are on their way. */
  count: number;
  isRunning: boolean;
  /** Ids that may still go ahead, as far as is known. */
  room: number;
  isClosed: boolean;
  look_at_ms: number;
};

/**
 * The offer that follows a commit: marks the rows as offered and puts them on the queue, ahead of what a run has
 * put there, because somebody may be waiting.
 *
 * One offer of a kind is under way at a time, and what comes meanwhile goes out together with the next: offered
 * one by one, a burst of requests spent more on the queue than on the requests, and lost most offers to their
 * deadline.
 *
 * Going ahead is for as long as the workers keep up. When too much of it waits, nothing is offered here for a while and
 * the dispatcher offers what is due, the longest due first: else a burst would stand before everything else until it
 * ends, and its own oldest would be as late as anything.
 *
 * Never throws. The rows are committed; whatever is lost or left out here, the dispatcher offers.
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
      // Else the rows would wait until their offers count as stale.
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

  /** Asks how much waits, for the offers to come: this one does not wait for the answer. */
  function look(kind: Kind, lane: Lane): void {
    const now_ms = performance.now();
    if (now_ms < lane.look_at_ms) return;
    lane.look_at_ms = now_ms + LOOK_MS;
    queue.waiting(kind).then(
      ({ first }) => heed(lane, first),
      // A queue that is away is told of by the offers themselves.
      () => {},
    );
  }

  /** Full: closed until it is done with, and for a while after that. */
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

/** The oldest that fit into one call; at least one, however large. */
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
