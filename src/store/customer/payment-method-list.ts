/** Payment methods as merchants see them, with their consent. */
import { and, eq, sql } from 'drizzle-orm';
import { after, type ListPage, newestFirst } from '../postgres/paging.ts';
import { ID, readById, type Tables } from '../postgres/tables.ts';
import { consents, customers, payment_methods } from '../schema/customers.ts';
import type { Rows } from '../work/obligations.ts';
import type { ConsentRow } from './consents.ts';

export type MethodView = {
  readonly method: Rows['payment_method'];
  /** Null for a card that pays one charge only: it replaces another card and has no consent of its own. */
  readonly consent: ConsentRow | null;
  readonly is_default: boolean;
  /** The network's verdict that closes it to automatic tries. */
  readonly closed: { readonly reason: string; readonly at: string } | null;
};

export const readMethod = readById<MethodView>((tables) =>
  shown(tables).where(eq(payment_methods.id, ID)).prepare('method_by_id'),
);

/** One page of a customer's methods, newest first, with one row more than `limit` when there is another page. */
export async function listMethods(
  tables: Tables,
  filter: ListPage & { readonly customer_id: string },
): Promise<MethodView[]> {
  return shown(tables)
    .where(
      and(eq(payment_methods.customer_id, filter.customer_id), after(tables, payment_methods, filter.after)),
    )
    .orderBy(...newestFirst(payment_methods))
    .limit(filter.limit + 1);
}

function shown(tables: Tables) {
  return tables
    .select({
      method: payment_methods,
      consent: consents,
      is_default: sql<boolean>`coalesce(${customers.default_payment_method_id} = ${payment_methods.id}, false)`,
      closed: sql<MethodView['closed']>`(
        select json_build_object('reason', v.reason, 'at', v.at) from verdict_on(${payment_methods}) v)`,
    })
    .from(payment_methods)
    .innerJoin(customers, eq(customers.id, payment_methods.customer_id))
    .leftJoin(consents, eq(consents.id, payment_methods.consent_id));
}
