/**
 * Many lines of a run in one statement: what the columns and indexes of `charges` cost without its triggers, which is the
 * least that an intake of many could cost; our own statement for many; and the bare one again, with the triggers.
 */
import type { Sql } from '../../src/store/postgres/database.ts';
import { type RunLine, takeLines } from '../../src/store/run/run-lines.ts';
import { cpuWithChildren } from '../charges/cpu.ts';
import type { Ground } from './ground.ts';
import { inventedPayers, writePayers } from './payers.ts';
import { OURS, type PerCharge, type Reading, read, usedPer } from './readings.ts';
import { LINES_A_STATEMENT, lineBatches } from './run-lines.ts';
import type { Scene } from './scene.ts';

export type Rows = PerCharge & { readonly per_s: number };

export type MultiRow = {
  readonly insert: Rows;
  readonly intake: Rows;
  readonly insert_with_triggers: Rows;
};

type Write = (lines: readonly RunLine[]) => Promise<void>;

const RUN = 'run_aaaaaaaaaaaaaaaaaaaaaaaa';

/** So many lines each time, 500 in a statement. */
export async function multiRow(ground: Ground, lines: number): Promise<MultiRow> {
  const database = await ground.freshDatabase();
  const { sql } = database;
  const payers = inventedPayers();
  const clocks = { postgres: () => cpuWithChildren(ground.postgres_pid) };
  const timed = (name: string, write: Write) => written({ sql, payers, clocks }, name, lines, write);
  try {
    await writePayers(sql, payers);
    await sql.unsafe(
      `${OURS} insert into runs (id, state, name, livemode, cause) values ('${RUN}', 'draft', 'bench', false, 'api')`,
    );
    return {
      insert: await timed('bare', await bareTable(sql)),
      intake: await timed('ours', (batch) => take(sql, batch)),
      insert_with_triggers: await timed('triggers', await bareInsert(sql, 'charges')),
    };
  } finally {
    await database.drop();
  }
}

/** Writes so many lines, after a batch more that only warms up. */
export async function written(
  { sql, payers, clocks }: Pick<Scene, 'sql' | 'payers' | 'clocks'>,
  name: string,
  lines: number,
  write: Write,
): Promise<Rows> {
  const [warm = [], ...batches] = lineBatches(payers, name, lines + LINES_A_STATEMENT);
  await write(warm);
  const before = await read(sql, clocks);
  for (const batch of batches) await write(batch);
  return rowsOf(batches.flat().length, before, await read(sql, clocks));
}

/** What was written between two readings, a second and for each row. */
export function rowsOf(count: number, before: Reading, after: Reading): Rows {
  return {
    per_s: Math.round((count * 1_000) / (after.at_ms - before.at_ms)),
    ...usedPer(count, before, after),
  };
}

async function take(sql: Sql, lines: readonly RunLine[]): Promise<void> {
  const run = { id: RUN, livemode: false, debit_limits: {} };
  const taken = await takeLines(sql, run, lines, 'bench');
  const other = taken.find((each) => each !== 'accepted');
  if (other !== undefined) throw new Error(`a line was not accepted, but ${other}`);
}

/** Makes a table with the columns, checks and indexes of `charges`, but no trigger; returns what fills it. */
export async function bareTable(sql: Sql): Promise<Write> {
  await sql.unsafe(`${OURS} create table bare_charges (like charges including all)`);
  await sql.unsafe(`${OURS} analyze`);
  return bareInsert(sql, 'bare_charges');
}

/** Writes the rows that our statement would write, and asks nothing. */
async function bareInsert(sql: Sql, table: string): Promise<Write> {
  const methods = await sql<{ customer_id: string }[]>`
    select customer_id, id as method_id, consent_id from payment_methods`;
  const payers = new Map(methods.map((method) => [method.customer_id, method]));
  return async (lines) => {
    const rows = lines.map((line) => ({
      ...line,
      ...payers.get(line.customer_id ?? ''),
      request_hash: line.request_hash.toString('hex'),
    }));
    await sql`
      insert into ${sql(table)} (id, state, due_at, customer_id, payment_method_id, consent_id, amount_minor, currency, livemode,
                                 description, reference, scheduled_for, follows_customer, metadata, terms, document,
                                 request_hash, warnings, cause, cause_reference, run_id, usage)
      select l.id, 'queued', null, l.customer_id, l.method_id, l.consent_id, l.amount_minor, l.currency, false, l.description,
             l.reference, l.scheduled_for, true, l.metadata, l.terms, nullif(l.document, 'null'),
             decode(l.request_hash, 'hex'), '{}', 'api', 'bench', ${RUN}, nullif(l.usage, 'null')
      from jsonb_to_recordset(${sql.json(rows as never)}::jsonb) as l (
        id text, reference text, customer_id text, method_id text, consent_id text, amount_minor bigint, currency text,
        description text, scheduled_for timestamptz, metadata jsonb, terms jsonb, document jsonb, usage jsonb, request_hash text)`;
  };
}
