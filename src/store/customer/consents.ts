/** Consents as merchants see them. */
import { eq, sql } from 'drizzle-orm';
import { builtOnce, type Tables } from '../postgres/tables.ts';
import { consents } from '../schema/customers.ts';

export type ConsentRow = typeof consents.$inferSelect;

const consentById = builtOnce((tables) =>
  tables
    .select()
    .from(consents)
    .where(eq(consents.id, sql.placeholder('id')))
    .prepare('consent_by_id'),
);

/** The consent, or null. */
export async function readConsent(tables: Tables, id: string): Promise<ConsentRow | null> {
  const rows = await consentById(tables).execute({ id });
  return rows[0] ?? null;
}
