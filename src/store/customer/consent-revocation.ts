/** How permission ends: one consent, or everything of a customer (docs/protocol.md, 11.2 and 12.5). */
import { retryConflict, type Sql } from '../postgres/database.ts';

/**
 * Revokes a consent and, in the same statement, asks every charge that rests on it to close: from then on no claim
 * opens or resumes a confirm. A debit under way is left alone, because it was confirmed under the consent. Returns the
 * charges that it asked; a second revocation keeps the first time.
 */
export async function revokeConsents(
  sql: Sql,
  ids: readonly string[],
  cause_reference: string,
): Promise<string[]> {
  const rows = await retryConflict(
    async () =>
      await sql<{ id: string }[]>`
      select id from revoke_consents(${ids as string[]}::text[], 'consent_revoked', ${cause_reference}) as id`,
  );
  return rows.map((row) => row.id);
}

/**
 * As `revokeConsents` of one, after the charges that follow their customer have gone to another method that rests on a
 * live recurring consent, if there is one.
 */
export async function revokeAndMove(sql: Sql, id: string, cause_reference: string): Promise<string[]> {
  const rows = await retryConflict(
    async () =>
      await sql<{ id: string }[]>`
      select id from revoke_and_move(${id}, 'consent_revoked', ${cause_reference}) as id`,
  );
  return rows.map((row) => row.id);
}

export type Stopped = { readonly charge_ids: readonly string[]; readonly setup_ids: readonly string[] };

/**
 * Stops a customer: revokes every consent, and asks every charge and setup to close, in one statement. From then on
 * nothing is taken in for them, and a consent that arrives later is of no use until `resumeCustomer`.
 */
export async function writeStop(sql: Sql, id: string, cause_reference: string): Promise<Stopped> {
  const [stopped] = await retryConflict(
    async () => await sql<Stopped[]>`select * from stop_customer(${id}, ${cause_reference})`,
  );
  return stopped ?? { charge_ids: [], setup_ids: [] };
}

/** Lifts a stop. What it revoked stays revoked; consents that arrived since are good. False of a customer who is erased. */
export async function resumeCustomer(sql: Sql, id: string): Promise<boolean> {
  const rows = await retryConflict(
    async () =>
      await sql`
        with held as (
          select id, forgotten_at from customers where id = ${id} for update
        ), resumed as (
          update customers u set stopped_at = null, revision = u.revision + 1
          from held where u.id = held.id and u.stopped_at is not null and held.forgotten_at is null
        )
        select from held where forgotten_at is null`,
  );
  return rows.length === 1;
}
