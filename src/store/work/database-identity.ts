/** Which database this process talks to, and whether what it wrote is there (docs/protocol.md, 2.15). */
import type { Sql } from '../postgres/database.ts';
import type { AcknowledgedWrite } from './newest-write.ts';
import { obligationTables } from './obligations.ts';

export type DatabaseLook = {
  /** It is the one that is known, or its identity may not be read. */
  readonly is_known: boolean;
  /** The written row is there; null: nothing to look for. */
  readonly is_found: boolean | null;
  /** When it was written, by the business clock. */
  readonly written_at: Date;
};

/** Looks whether this is the database that is known, and for this write in it. */
export async function lookAtDatabase(sql: Sql, written: AcknowledgedWrite | null): Promise<DatabaseLook> {
  const ago_ms = written === null ? 0 : performance.now() - written.at_ms;
  const found = written === null ? sql`null::boolean` : isThere(sql, written);
  const rows = await sql<DatabaseLook[]>`
    select is_database_known() as is_known, ${found} as is_found,
           dc_now() - ${ago_ms}::double precision * interval '1 millisecond' as written_at`;
  return rows[0] ?? { is_known: true, is_found: null, written_at: new Date(0) };
}

function isThere(sql: Sql, written: AcknowledgedWrite) {
  if (written.what === 'request')
    return sql`exists (select from idempotency_keys where route = ${written.route} and key = ${written.key})`;
  const { kind, id, revision, lease_number } = written;
  return sql`exists (select from ${sql(obligationTables[kind])} t
                     where t.id = ${id} and t.revision >= ${revision} and t.lease_number >= ${lease_number})`;
}

/**
 * - `same`: it is the one that is known, perhaps from now on;
 * - `vouched`: another one, in which the process that asks found its newest write;
 * - `waiting`: another one, and somebody may still vouch for it;
 * - `stopped`: nobody has, so charging is off until a person speaks for the withdrawals;
 * - `unreadable`: this role may not know.
 */
export type DatabaseSeen = 'same' | 'vouched' | 'waiting' | 'stopped' | 'unreadable';

/** Makes another database the known one, if somebody vouches for it or nobody did for `wait_ms` of real time. */
export async function seeDatabase(sql: Sql, vouched: boolean, wait_ms: number): Promise<DatabaseSeen> {
  const rows = await sql<{ seen: DatabaseSeen }[]>`
    select see_database(${vouched}, ${wait_ms}::double precision * interval '1 millisecond') as seen`;
  return rows[0]?.seen ?? 'waiting';
}

/** An operator's word on what was lost is about this database: nobody needs to vouch for it any more. */
export async function knowDatabase(sql: Sql): Promise<void> {
  await sql`select know_database()`;
}
