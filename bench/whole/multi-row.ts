/**
 * Many charges in one statement: what the columns and indexes of `charges` cost without its triggers, which is the least that
 * an intake of many could cost; the same with the triggers; and our own statement for many, if there is one.
 */
import type { Sql } from '../../src/store/postgres/database.ts';
import { cpuWithChildren } from '../charges/cpu.ts';
import type { Ground } from './ground.ts';
import { inventedPayers, writeCharges, writePayers } from './payers.ts';
import { OURS, type PerCharge, read, usedPer } from './readings.ts';

export type Rows = PerCharge & { readonly per_s: number };

export type MultiRow = {
  readonly insert: Rows;
  readonly insert_with_triggers: Rows;
  /** Null as long as every charge is taken in by a statement of its own. */
  readonly intake: Rows | null;
};

const ROWS_AT_ONCE = 1_000;

/** The same rows, a thousand at a time. */
export async function multiRow(ground: Ground, rows: number): Promise<MultiRow> {
  const database = await ground.freshDatabase();
  const { sql } = database;
  try {
    await writePayers(sql, inventedPayers());
    await sql.unsafe(`${OURS} create table bare_charges (like charges including all)`);
    await sql.unsafe(`${OURS} analyze`);
    const into = (table: string) => timed(ground, sql, rows, () => writeCharges(sql, ROWS_AT_ONCE, table));
    return {
      insert: await into('bare_charges'),
      insert_with_triggers: await into('charges'),
      intake: null,
    };
  } finally {
    await database.drop();
  }
}

async function timed(ground: Ground, sql: Sql, rows: number, write: () => Promise<void>): Promise<Rows> {
  const clocks = { postgres: () => cpuWithChildren(ground.postgres_pid) };
  await write();
  const before = await read(sql, clocks);
  let written = 0;
  for (; written < rows; written += ROWS_AT_ONCE) await write();
  const after = await read(sql, clocks);
  const per_s = Math.round((written * 1_000) / (after.at_ms - before.at_ms));
  return { per_s, ...usedPer(written, before, after) };
}
