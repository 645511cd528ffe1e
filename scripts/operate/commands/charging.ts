/**
 * `npm run charging -- off --reason "…"`, `on [--withdrawals-entered]`, `status`: the kill switch of the whole deployment.
 * While it is off, no new confirm leaves, neither a worker's nor a press's. Confirms on the wire are settled when their
 * answers arrive; attempts without an answer are only read. Nothing is lost: charges wait until it is on again. After a
 * loss of rows it goes on only with the word that what customers withdrew in the lost span was entered again. `--json`
 * for programs.
 */
import { parseArgs } from 'node:util';
import { AppError } from '../../../src/platform/errors.ts';
import type { Database } from '../../../src/store/postgres/database.ts';
import type { Tables } from '../../../src/store/postgres/tables.ts';
import {
  type LostSpan,
  readCharging,
  setCharging,
  turnChargingOn,
} from '../../../src/store/work/charging.ts';
import type { OperatorWord } from '../../../src/store/work/operator-actions.ts';
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
  charging off --reason "<why>" [--by <who>]
  charging on [--withdrawals-entered] [--reason "<why>"] [--by <who>]
  charging status
with --json the last line of the output is one JSON object`;

async function main(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      ...WORD_OPTIONS,
      'withdrawals-entered': { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
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
      const is_entered = values['withdrawals-entered'];
      return withDatabase('charging', (database) => turnOn(database, { ...word, is_entered }, print));
    }
    case 'status':
      return withDatabase('charging', ({ tables }) => tell(tables, print));
    default:
      throw misused(USAGE);
  }
}

async function turnOn(
  { sql, tables }: Database,
  word: OperatorWord & { readonly is_entered: boolean },
  print: Print,
): Promise<void> {
  const missing = await turnChargingOn(sql, word, word.is_entered);
  if (missing !== null) throw new AppError('withdrawals_due', { message: lostText(missing) });
  await tell(tables, print);
}

function lostText({ cause, from, to }: LostSpan): string {
  return (
    `Rows from ${from.toISOString()} to ${to.toISOString()} may be lost (${cause}). What customers withdrew then\n` +
    'is not known here, nor to Stripe: enter again every revocation, stop, detachment and cancellation of that span,\n' +
    'then say so: charging on --withdrawals-entered --reason "<by whom, from what>"'
  );
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

export const chargingCommand: OperatorCommand = { usage: USAGE, run: main };
