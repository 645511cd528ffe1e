import type { Log } from '../platform/log.ts';
import type { Sql } from '../store/database.ts';
import { type Kind, offerRows } from '../store/obligations.ts';
import type { Queue } from './backend.ts';

/**
 * The offer that follows a commit: marks the rows as offered and puts them on the queue, ahead of what a run has
 * put there, because somebody may be waiting.
 *
 * Never throws. The rows are committed; whatever is lost here, the dispatcher offers again.
 */
export function createOffer(
  sql: Sql,
  queue: Queue,
  log: Log,
): (kind: Kind, ids: readonly string[]) => Promise<void> {
  return async (kind, ids) => {
    if (ids.length === 0) return;
    try {
      await queue.offer(kind, await offerRows(sql, kind, ids), { first: true });
    } catch (err) {
      log.warn({ event: 'offer.lost', queue: kind, count: ids.length, err });
    }
  };
}
