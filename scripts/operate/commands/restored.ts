/**
 * `npm run restored [-- --since <time>]`: tells the deployment that its database was restored, or failed over without
 * its last commits, before API and workers are let at it. Charging goes off, and for 35 days whatever a row has Stripe
 * create is looked for there first, so that what is asked for again is found paid and not paid again. `--since`: from
 * when on rows are missing, by default from the newest move that is still there. `--reason` and `--by` are kept with it.
 * `--json` for programs.
 */
import { parseArgs } from 'node:util';
import type { Database } from '../../../src/store/postgres/database.ts';
import { readNow } from '../../../src/store/postgres/instance.ts';
import { readCharging } from '../../../src/store/work/charging.ts';
import { knowDatabase } from '../../../src/store/work/database-identity.ts';
import type { OperatorWord } from '../../../src/store/work/operator-actions.ts';
import { noteRestored } from '../../../src/store/work/restored.ts';
import {
  misused,
  type OperatorCommand,
  type Print,
  printer,
  WORD_OPTIONS,
  withDatabase,
  wordOf,
} from '../operator-command.ts';

const USAGE = `usage:
  restored [--since <time, such as 2026-01-31T08:00:00Z>] [--reason "<what happened>"] [--by <who>]
with --json the last line of the output is one JSON object`;

async function main(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { since: { type: 'string' }, json: { type: 'boolean', default: false }, ...WORD_OPTIONS },
  });
  const since = timeOf(values.since);
  const word = wordOf(values, USAGE, 'the database was restored');
  const print = printer(values.json);
  return withDatabase('restored', (database) => note(database, since, word, print));
}

async function note(
  { sql, tables }: Database,
  since: Date | null,
  word: OperatorWord,
  print: Print,
): Promise<void> {
  if (since !== null && since > (await readNow(sql))) throw misused('--since is a time in the past');
  const loss = await noteRestored(sql, since, word);
  await knowDatabase(sql);
  const { enabled } = await readCharging(tables);
  const from = loss?.from.toISOString() ?? '';
  print(
    { lost_at: loss?.noted_at, lost_from: loss?.from, cause: loss?.cause, charging_enabled: enabled },
    `Noted: rows from ${from} on may be missing. Charging is off. Now start API and workers, have every request of\n` +
      'that span repeated under its old key, run reconcile until it is clean, enter again what customers withdrew,\n' +
      'and then: charging on --withdrawals-entered --reason "<by whom, from what>"',
  );
}

function timeOf(text: string | undefined): Date | null {
  if (text === undefined) return null;
  const time = new Date(text);
  if (Number.isNaN(time.getTime())) throw misused(USAGE);
  return time;
}

export const restoredCommand: OperatorCommand = { usage: USAGE, run: main };
