/**
 * The dispatcher: offers what is due.
 *
 *   due row ──▶ offered ──claimed──▶ worked on
 *                  └── not claimed within `offerStaleMs` ──▶ offered again
 *
 * It asks Postgres alone, so it needs no notification and no memory: a wiped queue, a lost offer and a worker
 * that died with a lease are all the same case: a row that is due and that nobody holds. Any number of
 * dispatchers may run; they skip each other's rows.
 */
import { failpoint } from '../platform/failpoints.ts';
import type { Log } from '../platform/log.ts';
import type { Timings } from '../platform/timings.ts';
import { type EndpointShare, offerDueDeliveries } from '../store/notify/offer-deliveries.ts';
import type { Sql } from '../store/postgres/database.ts';
import { type Kind, kinds, offerDueRows } from '../store/work/obligations.ts';
import type { Queue } from './backend.ts';

export type DispatcherDependencies = {
  readonly sql: Sql;
  readonly queue: Queue;
  readonly timings: Pick<Timings, 'offersOutstandingMax' | 'offersFirstMax' | 'offerStaleMs' | 'offerIdsMax'>;
  readonly log: Log;
};

/** One statement marks at most this many rows, so that its locks are held for milliseconds. */
const ROWS_MAX = 500;
/** Long, because nobody waits for the dispatcher, and an offer given up too early delays its rows by `offerStaleMs`. */
const OFFER_MS = 5_000;

/** Deliveries are offered by `dispatchDeliveriesOnce`. */
const ALIKE = kinds.filter((kind) => kind !== 'delivery');

/** Offers due rows of every other kind, once. True when more are due and the queue has room for them. */
export async function dispatchOnce(deps: DispatcherDependencies): Promise<boolean> {
  const more = await Promise.all(ALIKE.map((kind) => dispatchKind(deps, kind)));
  return more.includes(true);
}

export type DeliveryDispatcherDependencies = DispatcherDependencies & {
  readonly timings: DispatcherDependencies['timings'] & EndpointShare;
};

/**
 * Offers due deliveries, once: of each endpoint no more than its share, and no job with those of two, because a job is as slow
 * as its slowest row. How many were offered: as long as it is some, what they leave free is for the next.
 */
export async function dispatchDeliveriesOnce(deps: DeliveryDispatcherDependencies): Promise<number> {
  const { sql, queue, timings, log } = deps;
  const waiting = await queue.waiting('delivery');
  const limit = Math.min(timings.offersOutstandingMax - waiting.later, ROWS_MAX);
  if (limit <= 0) return 0;
  const offers = await offerDueDeliveries(sql, { limit, stale_ms: timings.offerStaleMs }, timings);
  if (offers.length === 0) return 0;
  await failpoint('dispatch.after_effect');
  for (const shelf of new Set(offers.map((offer) => offer.shelf))) {
    const own = offers.filter((offer) => offer.shelf === shelf);
    await queue.offer('delivery', own, { ids_per_job: timings.offerIdsMax, timeout_ms: OFFER_MS });
  }
  log.debug({ event: 'rows.offered', queue: 'delivery', count: offers.length });
  return offers.length;
}

/** Offers due rows of one kind. A full queue gets nothing more: workers are busy with it. */
async function dispatchKind(deps: DispatcherDependencies, kind: Kind): Promise<boolean> {
  const { sql, queue, timings, log } = deps;
  const waiting = await queue.waiting(kind);
  await dispatchLeft(deps, kind, waiting.first);
  // We count every waiting job as full, so the queue stays bounded however it was filled. The fast lane has its own
  // bound; otherwise a burst there would keep everything else from being offered at all.
  const room = timings.offersOutstandingMax - waiting.later * timings.offerIdsMax;
  const limit = Math.min(room, ROWS_MAX);
  if (limit <= 0) return false;
  const offers = await offerDueRows(sql, kind, { limit, stale_ms: timings.offerStaleMs });
  if (offers.length === 0) return false;
  await failpoint('dispatch.after_effect');
  // Few rows get a job each, so that a charge that a person waits for never stands behind 25 slow ones.
  const ids_per_job = offers.length > timings.offerIdsMax ? timings.offerIdsMax : 1;
  await queue.offer(kind, offers, { ids_per_job, timeout_ms: OFFER_MS });
  await failpoint('dispatch.after');
  log.debug({ event: 'rows.offered', queue: kind, count: offers.length });
  return offers.length === limit && limit < room;
}

/**
 * Offers in the fast lane what a dead worker left under its lease. That work has begun; behind a queue that others keep
 * full it would wait for as long as they do.
 */
async function dispatchLeft(
  { sql, queue, timings, log }: DispatcherDependencies,
  kind: Kind,
  waiting: number,
): Promise<void> {
  // Twice what the API may put there, so that the API cannot use up this room.
  const limit = Math.min(2 * timings.offersFirstMax - waiting, ROWS_MAX);
  if (limit <= 0) return;
  const offers = await offerDueRows(sql, kind, { limit, stale_ms: timings.offerStaleMs, left_only: true });
  if (offers.length === 0) return;
  await queue.offer(kind, offers, { first: true, timeout_ms: OFFER_MS });
  log.debug({ event: 'rows.offered', queue: kind, count: offers.length, cause: 'lease_expired' });
}
