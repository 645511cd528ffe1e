/**
 * `npm run charging -- off --reason "…"`, `on`, `status`: the kill switch of the whole deployment. While it is off, no
 * new confirm leaves, neither a worker's nor a press's. Confirms on the wire are settled when their answers arrive;
 * attempts without an answer are only read. Nothing is lost: charges wait until it is on again. `--json` for programs.
 */
import { parseArgs } from 'node:util';
import type { Database } from '../../src/store/postgres/database.ts';
import type { Tables } from '../../src/store/postgres/tables.ts';
import { readCharging, setCharging } from '../../src/store/work/charging.ts';
import { misused, type Print, printer, reasonOf, runCommand, withDatabase } from './operator-command.ts';

const USAGE = `usage:
  charging off --reason "<why>"
  charging on
  charging status
with --json the last line of the output is one JSON object`;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { reason: { type: 'string' }, json: { type: 'boolean', default: false } },
  });
  const [verb, more] = positionals;
  if (more !== undefined) throw misused(USAGE);
  const print = printer(values.json);
  switch (verb) {
    case 'off': {
      const reason = reasonOf(values.reason, USAGE);
      return withDatabase('charging', (database) => turnOff(database, reason, print));
    }
    case 'on':
      return withDatabase('charging', async ({ sql, tables }) => {
        await setCharging(sql, true, null);
        await tell(tables, print);
      });
    case 'status':
      return withDatabase('charging', ({ tables }) => tell(tables, print));
    default:
      throw misused(USAGE);
  }
}

async function turnOff({ sql, tables }: Database, reason: string, print: Print): Promise<void> {
  await setCharging(sql, false, reason);
  await tell(tables, print);
}

async function tell(tables: Tables, print: Print): Promise<void> {
  const charging = await readCharging(tables);
  const { enabled, reason, attempts_open } = charging;
  const why = enabled || reason === null ? '' : ` (${reason})`;
  print(
    charging,
    `charging is ${enabled ? 'on' : 'off'}${why}; ${attempts_open} attempts are waiting for an answer`,
  );
}

runCommand(main, USAGE);
