/** Has Postgres look anew at tables that have grown tenfold: plans made for an empty table cost each charge (13.7). */
import { analyzeGrown } from '../../store/janitor/retention.ts';
import { takeSweep } from '../../store/work/sweeps.ts';
import type { Dependencies } from '../dependencies.ts';

/** A round looks at each table once at most, and this many are more than ever grow together. */
const TABLES_MAX = 8;

/** Analyzes what has grown, if it is time to look; any worker may call it, one at a time does it. */
export async function analyzeGrownOnce({
  sql,
  timings,
  log,
}: Pick<Dependencies, 'sql' | 'timings' | 'log'>): Promise<void> {
  const interval = timings.analyzeIntervalMs;
  if ((await takeSweep(sql, 'grown_tables', { shortest_ms: interval, longest_ms: interval })) === null)
    return;
  for (let tables = 0; tables < TABLES_MAX; tables += 1) {
    const name = await analyzeGrown(sql, timings.analyzeRowsMin);
    if (name === null) return;
    log.debug({ event: 'table.analyzed', part: name });
  }
}
