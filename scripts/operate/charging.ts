/**
 * `npm run charging -- off --reason "…"`, `on`, `status`: the kill switch of the whole deployment. While it is off, no
 * new confirm leaves, neither a worker's nor a press's. Confirms on the wire are settled when their answers arrive;
 * attempts without an answer are only read. Nothing is lost: charges wait until it is on again. `--json` for programs.
 */
import { parseArgs } from 'node:util';
import type { Database } from '../../src/store/postgres/database.ts';
import type { Tables } from '../../src/store/postgres/tables.ts';
import { readCharging, setCharging } from '../../src/store/work/charging.ts';
import type { OperatorWord } from '../../src/store/work/operator-actions.ts';
import {
  misused,
  type Print,
  printer,
  runCommand,
  WORD_OPTIONS,
  withDatabase,
  wordOf,
} from './operator-command.ts';

const USAGE = `usage:
  charging off --reason "<why>" [--by <who>]
  charging on [--reason "<why>"] [--by <who>]
  charging status
with --json the last line of the output is one JSON object`;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { ...WORD_OPTIONS, json: { type: 'boolean', default: false } },
  });
  const [verb, more] = positionals;
  if (more !== undefined) throw misused(USAGE);
  const print = printer(values.json);
  switch (verb) {
    case 'off': {
      const word = wordOf(values, USAGE);
      return withDatabase('charging', (database) => turnOff(database, word, print));
    }
    case 'on': {
      const word = wordOf(values, USAGE, 'no reason was given');
      return withDatabase('charging', async ({ sql, tables }) => {
        await setCharging(sql, true, word);
        await tell(tables, print);
      });
    }
    case 'status':
      return withDatabase('charging', ({ tables }) => tell(tables, print));
    default:
      throw misused(USAGE);
  }
}

async function turnOff({ sql, tables }: Database, word: OperatorWord, print: Print): Promise<void> {
  await setCharging(sql, false, word);
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
