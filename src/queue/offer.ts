import { failpoint } from '../platform/failpoints.ts';
import type { Log } from '../platform/log.ts';
import type { Sql } from '../store/database.ts';
import { forgetOffers, type Kind, offerRows } from '../store/obligations.ts';
import type { Queue } from './backend.ts';

/** Ids that go out in one statement and one call of the queue. */
const IDS_AT_ONCE_MAX = 200;
/** Ids that may wait for their turn; what comes on top is the dispatcher's, within a second. */
const IDS_WAITING_MAX = 2_000;

type Waiting = { readonly ids: readonly string[]; readonly done: () => void };
type Lane = { waiting: Waiting[]; count: number; isRunning: boolean };

/**
 * The offer that follows a commit: marks the rows as offered and puts them on the queue, ahead of what a run has
 * put there, because somebody may be waiting.
 *
 * One offer of a kind is under way at a time, and what comes meanwhile goes out together with the next: offered
 * one by one, a burst of requests spent more on the queue than on the requests, and lost most offers to their
 * deadline.
 *
 * Never throws. The rows are committed; whatever is lost here, the dispatcher offers again.
 */
export function createOffer(
  sql: Sql,
  queue: Queue,
  log: Log,
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
      await send(
        kind,
        batch.flatMap(({ ids }) => ids),
      );
      for (const { done } of batch) done();
    }
    lane.isRunning = false;
  }

  return (kind, ids) =>
    new Promise((done) => {
      const lane = lanes.get(kind) ?? { waiting: [], count: 0, isRunning: false };
      lanes.set(kind, lane);
      if (ids.length === 0 || lane.count >= IDS_WAITING_MAX) return done();
      lane.waiting.push({ ids, done });
      lane.count += ids.length;
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
  lane.count -= size;
  return batch;
}
