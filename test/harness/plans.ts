/** How Postgres carries out the statements that our own functions send: each is recorded, then explained. */
import postgres from 'postgres';
import type { Sql } from '../../src/store/postgres/database.ts';
import { prepareForDrizzle, type Tables, tablesOf } from '../../src/store/postgres/tables.ts';

type Recorded = { readonly text: string; readonly values: readonly unknown[] };

type Node = {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Rows Removed by Index Recheck'?: number;
  readonly Plans?: readonly Node[];
};

export type Read = {
  /** Every index that the plan uses. */
  readonly indexes: readonly string[];
  /** Rows of the table that Postgres looked at, kept or not. */
  readonly rows: number;
};

/**
 * What `act` reads of `table`, once with a plan for its values and once with a generic plan; rolled back afterwards.
 */
export async function readsOf(
  databaseUrl: string,
  table: string,
  act: (sql: Sql) => Promise<unknown>,
): Promise<Read[]> {
  return readsOfRecorded(databaseUrl, table, (recorder) =>
    undone(recorder, async (tx) => {
      await act(tx as unknown as Sql);
    }),
  );
}

/** The same of a query by drizzle's builder, which only reads. */
export async function readsOfBuilt(
  databaseUrl: string,
  table: string,
  act: (tables: Tables) => Promise<unknown>,
): Promise<Read[]> {
  return readsOfRecorded(databaseUrl, table, async (recorder) => {
    await act(tablesOf(prepareForDrizzle(recorder)));
  });
}

async function readsOfRecorded(
  databaseUrl: string,
  table: string,
  record: (recorder: postgres.Sql) => Promise<void>,
): Promise<Read[]> {
  const said: Recorded[] = [];
  const debug = (_connection: number, text: string, values: unknown[]) => void said.push({ text, values });
  const recorder = postgres(databaseUrl, { max: 1, debug });
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => {} });
  try {
    await recorder`select 1`;
    said.length = 0;
    await record(recorder);
    const statements = said.filter(({ text }) => /^\s*(select|with|update|insert)\b/i.test(text));
    const reads: Read[] = [];
    for (const mode of ['force_custom_plan', 'force_generic_plan'])
      for (const statement of statements)
        await undone(sql, async (tx) => {
          await tx.unsafe(`set local plan_cache_mode = ${mode}`);
          reads.push(readOf(await planOf(tx, statement), table));
        });
    return reads;
  } finally {
    await recorder.end();
    await sql.end();
  }
}

async function undone(sql: postgres.Sql, act: (tx: postgres.TransactionSql) => Promise<void>): Promise<void> {
  const rolledBack = new Error('rolled back');
  await sql
    .begin(async (tx) => {
      await act(tx);
      throw rolledBack;
    })
    .catch((error: unknown) => {
      if (error !== rolledBack) throw error;
    });
}

let names = 0;

async function planOf(tx: postgres.TransactionSql, { text, values }: Recorded): Promise<Node> {
  names += 1;
  const name = `explained_${names}`;
  await tx.unsafe(`prepare ${name} as ${text}`);
  const given = values.length === 0 ? '' : `(${values.map(literal).join(', ')})`;
  const rows = await tx.unsafe<{ 'QUERY PLAN': [{ Plan: Node }] }[]>(
    `explain (analyze, format json) execute ${name}${given}`,
  );
  await tx.unsafe(`deallocate ${name}`);
  const [row] = rows;
  if (row === undefined) throw new Error('Postgres explained nothing');
  return row['QUERY PLAN'][0].Plan;
}

function literal(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return quoted(`{${value.map((each) => JSON.stringify(String(each))).join(',')}}`);
  if (value instanceof Date) return quoted(value.toISOString());
  return quoted(typeof value === 'object' ? JSON.stringify(value) : String(value));
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function readOf(node: Node, table: string): Read {
  const below = (node.Plans ?? []).map((plan) => readOf(plan, table));
  const isScan = node['Relation Name'] === table && node['Node Type'] !== 'ModifyTable';
  const looked =
    node['Actual Rows'] +
    (node['Rows Removed by Filter'] ?? 0) +
    (node['Rows Removed by Index Recheck'] ?? 0);
  return {
    indexes: [
      ...(node['Index Name'] === undefined ? [] : [node['Index Name']]),
      ...below.flatMap((b) => b.indexes),
    ],
    rows: (isScan ? looked * node['Actual Loops'] : 0) + below.reduce((sum, b) => sum + b.rows, 0),
  };
}
