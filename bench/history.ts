/**
 * `npm run bench:history [-- --json] [--charges N] [--steps N]`: what history costs. Fills a database of its own with so many
 * charges (1,000,000 by default), nearly all of which ended years ago, and prints how long lists, the books and each step that
 * takes old rows need, in milliseconds. A step is one statement, so it holds its locks for no longer than it takes. Exit 1 if
 * one took 100 ms or more.
 */
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { startEmbeddedPostgres } from '../sandbox/postgres.ts';
import { wholeNumber } from '../scripts/whole-number.ts';
import { productionTimings as timings } from '../src/platform/timings.ts';
import { listCharges } from '../src/store/charge/charge-list.ts';
import { readEnded, readNotEnded, sumReceived } from '../src/store/janitor/reconciliation.ts';
import { type Forgotten, forgetEvents, forgetHistories } from '../src/store/janitor/retention.ts';
import { type Database, openDatabase } from '../src/store/postgres/database.ts';
import { migrate } from '../src/store/postgres/migrate.ts';
import { EVERY_CHARGE } from '../test/harness/every-charge.ts';
import { fillHistory } from './history/fill.ts';

const LOCK_MAX_MS = 100;
const RUNS = 7;
const DAY_MS = 86_400_000;

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    charges: { type: 'string', default: '1000000' },
    steps: { type: 'string', default: '1000' },
  },
});
const charges = wholeNumber('charges', values.charges);
const steps_max = wholeNumber('steps', values.steps);

/** The shortest of a few runs: what else the machine does is not ours. */
async function timeOf(act: () => Promise<unknown>): Promise<number> {
  let shortest_ms = Number.POSITIVE_INFINITY;
  for (let run = 0; run < RUNS; run += 1) {
    const began_ms = performance.now();
    await act();
    shortest_ms = Math.min(shortest_ms, performance.now() - began_ms);
  }
  return Number(shortest_ms.toFixed(1));
}

async function readTimes({ sql, tables }: Database): Promise<Record<string, number>> {
  const list = (states: readonly string[], scheduled = false) =>
    timeOf(() => listCharges(tables, { ...EVERY_CHARGE, states, scheduled }));
  const to = new Date();
  const month = { from: new Date(to.getTime() - 30 * DAY_MS), to };
  return {
    list_requires_action: await list(['action_required']),
    list_failed: await list(['failed']),
    list_canceled_of_which_there_is_none: await list(['canceled']),
    list_processing: await list([
      'queued',
      'in_flight',
      'unknown',
      'pending',
      'retry_wait',
      'closing',
      'needs_review',
    ]),
    list_scheduled: await list(['queued'], true),
    sum_received_of_a_month: await timeOf(() => sumReceived(sql, month)),
    ended_in_a_day: await timeOf(() => readEnded(sql, new Date(to.getTime() - DAY_MS), to)),
    not_ended: await timeOf(() => readNotEnded(sql)),
  };
}

type Steps = { steps: number; rows_gone: number; longest_ms: number; p99_ms: number; median_ms: number };

async function walk(step: (after: number) => Promise<Forgotten>): Promise<Steps> {
  const took_ms: number[] = [];
  let after = 0;
  let rows_gone = 0;
  for (let looked = 1; looked > 0 && took_ms.length < steps_max; ) {
    const began_ms = performance.now();
    const found = await step(after);
    took_ms.push(performance.now() - began_ms);
    after = found.next;
    looked = found.looked;
    rows_gone += found.gone;
  }
  took_ms.sort((a, b) => a - b);
  const at = (share: number) => Number((took_ms[Math.floor(share * (took_ms.length - 1))] ?? 0).toFixed(1));
  return { steps: took_ms.length, rows_gone, longest_ms: at(1), p99_ms: at(0.99), median_ms: at(0.5) };
}

const postgres = await startEmbeddedPostgres({ log: () => {} });
try {
  await migrate(postgres.url);
  const wide = { applicationName: 'bench', statementTimeout_ms: 1_800_000, connectionsMax: 1 };
  const store = openDatabase({ url: postgres.url, ...wide });
  const began_ms = performance.now();
  await fillHistory(store.sql, charges);
  const fill_s = Math.round((performance.now() - began_ms) / 1_000);
  const reads_ms = await readTimes(store);
  const rows = timings.forgetRowsMax;
  const events = await walk((after) =>
    forgetEvents(store.sql, after, { rows, days: timings.eventsKeptDays }),
  );
  const histories = await walk((after) =>
    forgetHistories(store.sql, after, { rows, months: timings.historyMonths }),
  );
  await store.close();
  const report = { charges, fill_s, reads_ms, events, histories, load: loadavg()[0] };
  process.stdout.write(`${JSON.stringify(report, null, values.json ? 0 : 2)}\n`);
  process.exitCode = Math.max(events.longest_ms, histories.longest_ms) < LOCK_MAX_MS ? 0 : 1;
} finally {
  await postgres.stop();
}
