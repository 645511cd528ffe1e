/** Customers as merchants see them. */
import { and, eq, ilike, or, sql } from 'drizzle-orm';
import { after, type ListPage, newestFirst } from '../postgres/paging.ts';
import { ID, readById, type Tables } from '../postgres/tables.ts';
import { customers } from '../schema/customers.ts';

export type CustomerRow = typeof customers.$inferSelect;

export const readCustomer = readById((tables) =>
  tables.select().from(customers).where(eq(customers.id, ID)).prepare('customer_by_id'),
);

/** Null filters nothing. */
export type CustomerFilter = ListPage & {
  /** Whole, in any capitals. */
  readonly email: string | null;
  readonly reference: string | null;
  readonly stripe_customer_id: string | null;
  /** Part of the name or the address. */
  readonly query: string | null;
};

/** One page, newest first; one row more than `limit` shows that there is another. */
export async function listCustomers(tables: Tables, filter: CustomerFilter): Promise<CustomerRow[]> {
  const { email, reference, stripe_customer_id, query } = filter;
  const part = query === null ? '' : `%${query.replace(/[\\%_]/g, '\\$&')}%`;
  return tables
    .select()
    .from(customers)
    .where(
      and(
        email === null ? undefined : eq(sql`lower(${customers.email})`, email.toLowerCase()),
        reference === null ? undefined : eq(customers.reference, reference),
        stripe_customer_id === null ? undefined : eq(customers.stripe_customer_id, stripe_customer_id),
        query === null ? undefined : or(ilike(customers.name, part), ilike(customers.email, part)),
        after(tables, customers, filter.after),
      ),
    )
    .orderBy(...newestFirst(customers))
    .limit(filter.limit + 1);
}
