import type { Sql } from '../postgres/database.ts';
import type { SealedSecret } from '../schema/endpoints.ts';

export type Sealed = { readonly id: string; readonly secrets: readonly SealedSecret[] };

/** The secrets of every endpoint that is not deleted. */
export async function readSealed(sql: Sql): Promise<Sealed[]> {
  return await sql<
    Sealed[]
  >`select id, secrets from webhook_endpoints where state in ('enabled', 'disabled')`;
}

/** Writes the same secrets under another key, unless they have been changed since they were read. */
export async function writeResealed(
  sql: Sql,
  before: Sealed,
  secrets: readonly SealedSecret[],
): Promise<void> {
  await sql`
    update webhook_endpoints set secrets = ${sql.json(secrets as never)}
    where id = ${before.id} and secrets = ${sql.json(before.secrets as never)}::jsonb`;
}
