/** Runs as merchants see them: the row, and what its charges come to. */
import { and, eq, getTableColumns, sql } from 'drizzle-orm';
import { after, type ListPage, newestFirst } from '../postgres/paging.ts';
import { ID, readById, type Tables } from '../postgres/tables.ts';
import { runs } from '../schema/runs.ts';
import type { Rows } from '../work/obligations.ts';

/** As `run_totals` has it. */
export type RunTotals = {
  /** Charge status -> how many. */
  readonly counts: Readonly<Record<string, number>>;
  readonly sums: readonly {
    readonly currency: string;
    readonly total: number;
    readonly succeeded: number;
    readonly refunded: number;
    readonly failed: number;
    readonly open: number;
  }[];
};

export type RunRow = Omit<Rows['run'], 'request_hash' | 'fed_at' | 'stop_loss_after'> &
  RunTotals & { readonly pledged_minor: number | null };

function shown() {
  const { request_hash: _hash, fed_at: _fed, stop_loss_after: _after, ...columns } = getTableColumns(runs);
  return {
    ...columns,
    totals: sql<RunTotals>`run_totals(${runs.id})`,
    pledged_minor: sql<
      number | null
    >`case when ${runs.goal_minor} is not null then run_pledged(${runs}) end`.mapWith(Number),
  };
}

type Read = Omit<RunRow, keyof RunTotals> & { readonly totals: RunTotals };
const flat = ({ totals, ...row }: Read): RunRow => ({ ...row, ...totals });

const read = readById<Read>((tables) =>
  tables.select(shown()).from(runs).where(eq(runs.id, ID)).prepare('run_by_id'),
);

export async function readRun(tables: Tables, id: string): Promise<RunRow | null> {
  const row = await read(tables, id);
  return row && flat(row);
}

/** One page, newest first; one row more than `limit` shows that there is another. */
export async function listRuns(
  tables: Tables,
  filter: ListPage & { readonly name: string | null; readonly reference: string | null },
): Promise<RunRow[]> {
  const rows = await tables
    .select(shown())
    .from(runs)
    .where(
      and(
        filter.name === null ? undefined : eq(runs.name, filter.name),
        filter.reference === null ? undefined : eq(runs.reference, filter.reference),
        after(tables, runs, filter.after),
      ),
    )
    .orderBy(...newestFirst(runs))
    .limit(filter.limit + 1);
  return rows.map(flat);
}
