/** Refunds as merchants see them. */
import { and, eq } from 'drizzle-orm';
import { after, type ListPage, newestFirst } from '../postgres/paging.ts';
import { ID, readById, type Tables } from '../postgres/tables.ts';
import { refunds } from '../schema/refunds.ts';
import type { Rows } from '../work/obligations.ts';

export const readRefund = readById<Rows['refund']>((tables) =>
  tables.select().from(refunds).where(eq(refunds.id, ID)).prepare('refund_by_id'),
);

/** One page, newest first; one row more than `limit` shows that there is another. */
export async function listRefundRows(
  tables: Tables,
  filter: ListPage & { readonly charge_id: string | null },
): Promise<Rows['refund'][]> {
  return tables
    .select()
    .from(refunds)
    .where(
      and(
        filter.charge_id === null ? undefined : eq(refunds.charge_id, filter.charge_id),
        after(tables, refunds, filter.after),
      ),
    )
    .orderBy(...newestFirst(refunds))
    .limit(filter.limit + 1);
}
