import { shared } from '../../platform/shared.ts';
import type { Sql } from './database.ts';
import { type Readiness, readiness } from './readiness.ts';

/** Whether a process can work with the services it needs. */
export type Health = Readiness & { readonly queue: boolean };

/** Probes come every few seconds from several callers; they share an answer for this long. */
const FRESH_MS = 1_000;

/** What `/readyz` asks, of the API and of a worker alike. Never throws: an unreachable service is an answer. */
export function createHealth(
  sql: Sql,
  databaseUrl: string,
  queueReady: () => Promise<boolean>,
): () => Promise<Health> {
  return shared(FRESH_MS, async () => {
    const [database, queue] = await Promise.all([
      readiness(sql, databaseUrl),
      queueReady().catch(() => false),
    ]);
    return { ...database, queue };
  });
}
