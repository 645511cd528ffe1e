/**
 * What a piece of work has used: CPU time of each process, as the kernel counts it, and what Postgres counts. Counts hold on
 * a busy machine too, CPU time nearly so, rates only on one that does nothing else.
 */
import type { Sql } from '../../src/store/postgres/database.ts';

/** Microseconds of CPU since its start; null if the kernel does not say. */
export type CpuClock = () => number | null;

type Counts = {
  /** Sent by clients, by `pg_stat_statements`; null where Postgres lacks it. Our own are left out. */
  readonly statements: number | null;
  /** Transactions that wrote, by the transaction ids they took: each waits for the disk. */
  readonly commits: number;
  readonly wal_bytes: number;
};

export type Reading = Counts & {
  readonly at_ms: number;
  /** By the database's clock. */
  readonly now: Date;
  readonly cpu_us: Readonly<Record<string, number | null>>;
};

/** Per charge, or per request. */
export type PerCharge = Counts & { readonly cpu_us: Readonly<Record<string, number>> };

/** Statements that begin with it are the benchmark's and not counted. */
export const OURS = '/* bench */';

export async function read(sql: Sql, clocks: Readonly<Record<string, CpuClock>>): Promise<Reading> {
  const [row] = await sql.unsafe<(Counts & { now: Date })[]>(`${OURS}
    select clock_timestamp() as now,
           (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::float8 as wal_bytes,
           pg_snapshot_xmax(pg_current_snapshot())::text::float8 as commits,
           ${(await hasStatements(sql)) ? SENT : 'null'} as statements`);
  if (row === undefined) throw new Error('Postgres counts nothing');
  const cpu_us = Object.fromEntries(Object.entries(clocks).map(([name, clock]) => [name, clock()]));
  return { ...row, at_ms: performance.now(), cpu_us };
}

const SENT = `(select coalesce(sum(calls), 0)::float8 from pg_stat_statements
  where toplevel and query not like '${OURS}%'
    and dbid = (select oid from pg_database where datname = current_database()))`;

async function hasStatements(sql: Sql): Promise<boolean> {
  const rows = await sql.unsafe(`${OURS} select from pg_extension where extname = 'pg_stat_statements'`);
  return rows.length === 1;
}

/**
 * What was used between two readings, for each of `count`; less what idling would have used in the same time, if `idle` (two
 * readings without work) is given.
 */
export function usedPer(
  count: number,
  before: Reading,
  after: Reading,
  idle?: readonly [Reading, Reading],
): PerCharge {
  const ms = after.at_ms - before.at_ms;
  const share = idle === undefined ? 0 : ms / (idle[1].at_ms - idle[0].at_ms);
  const each = (value: (reading: Reading) => number | null): number | null => {
    const [from, to] = [value(before), value(after)];
    if (from === null || to === null) return null;
    const idling = idle === undefined ? 0 : (value(idle[1]) ?? 0) - (value(idle[0]) ?? 0);
    return (to - from - share * idling) / count;
  };
  const cpu_us = Object.keys(after.cpu_us).flatMap((name) => {
    const us = each((reading) => reading.cpu_us[name] ?? null);
    return us === null ? [] : [[name, Math.round(us)] as const];
  });
  const statements = each((reading) => reading.statements);
  return {
    statements: statements === null ? null : rounded(statements),
    commits: rounded(each((reading) => reading.commits) ?? 0),
    wal_bytes: Math.round(each((reading) => reading.wal_bytes) ?? 0),
    cpu_us: Object.fromEntries(cpu_us),
  };
}

function rounded(value: number): number {
  return Number(value.toFixed(3));
}
