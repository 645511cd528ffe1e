/**
 * Whether Postgres is still the one that this process has written to, and still has what it acknowledged
 * (docs/protocol.md, 2.15).
 *
 *   a newest write missing ──▶ rows are lost: charging goes off
 *   another database ─┬─ all of them found, of a process that knows the old one ──▶ a failover that lost nothing: it goes
 *                     │                                                             on, and creates look first
 *                     └─ no process has any ──▶ charging goes off until a person says what was withdrawn
 */
import { unreachable } from '../../platform/errors.ts';
import { lookAtDatabase, seeDatabase } from '../../store/work/database-identity.ts';
import type { Dependencies } from '../dependencies.ts';
import { seeLoss } from './see-loss.ts';

export type WatchDependencies = Pick<Dependencies, 'sql' | 'newest' | 'timings' | 'log'>;

/** Looks once. Until it is known, no row of the other database is claimed by anybody. */
export async function watchDatabaseOnce(deps: WatchDependencies): Promise<void> {
  const { sql, newest, timings, log } = deps;
  const written = newest.read();
  const { is_known, missing, now } = await lookAtDatabase(sql, written);
  const lost = missing.at(-1);
  if (lost !== undefined)
    await seeLoss(deps, 'write_missing', new Date(now.getTime() - (performance.now() - lost.at_ms)));
  newest.looked(written, { missing, is_known });
  if (is_known) return;
  // One that has lost this process's write is stopped already, and by whoever saw most.
  const seen = await seeDatabase(sql, newest.isWitness() || lost !== undefined, timings.vouchWaitMs);
  switch (seen) {
    case 'same':
    case 'waiting':
    case 'unreadable':
      return;
    case 'vouched':
      return log.warn({ event: 'database.changed', cause: seen });
    case 'stopped':
      return log.error({ event: 'rows.lost', cause: 'database_changed' });
    default:
      return unreachable(seen);
  }
}

/** At the start: takes note of the database, and says where its identity may not be read. */
export async function meetDatabase(deps: Omit<WatchDependencies, 'newest'>): Promise<void> {
  const seen = await seeDatabase(deps.sql, false, deps.timings.vouchWaitMs);
  if (seen === 'unreadable') deps.log.warn({ event: 'database.unreadable' });
  if (seen === 'stopped') deps.log.error({ event: 'rows.lost', cause: 'database_changed' });
}
