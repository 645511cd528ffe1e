/** Customers as merchants see them. */
import { eq, sql } from 'drizzle-orm';
import { builtOnce, type Tables } from '../postgres/tables.ts';
import { customers } from '../schema/customers.ts';

export type CustomerRow = typeof customers.$inferSelect;

const customerById = builtOnce((tables) =>
  tables
    .select()
    .from(customers)
    .where(eq(customers.id, sql.placeholder('id')))
    .prepare('customer_by_id'),
);

/** The customer, or null. */
export async function readCustomer(tables: Tables, id: string): Promise<CustomerRow | null> {
  const rows = await customerById(tables).execute({ id });
  return rows[0] ?? null;
}
