/** Consents as merchants see them. */
import { eq } from 'drizzle-orm';
import { ID, readById } from '../postgres/tables.ts';
import { consents } from '../schema/customers.ts';

export type ConsentRow = typeof consents.$inferSelect;

export const readConsent = readById((tables) =>
  tables.select().from(consents).where(eq(consents.id, ID)).prepare('consent_by_id'),
);
