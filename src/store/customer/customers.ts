/** Customers as merchants see them. */
import { eq } from 'drizzle-orm';
import { ID, readById } from '../postgres/tables.ts';
import { customers } from '../schema/customers.ts';

export type CustomerRow = typeof customers.$inferSelect;

export const readCustomer = readById((tables) =>
  tables.select().from(customers).where(eq(customers.id, ID)).prepare('customer_by_id'),
);
