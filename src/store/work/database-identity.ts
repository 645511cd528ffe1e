/** Which database this process talks to, and whether what it wrote is there (docs/protocol.md, 2.15). */
import type { Sql } from '../postgres/database.ts';
import type { AcknowledgedWrite } from './newest-write.ts';
import { kinds, obligationTables } from './obligations.ts';

export type DatabaseLook = {
  /** It is the one that is known, or its identity may not be read. */
  readonly is_known: boolean;
  /** Of the written ones, oldest first. */
  readonly missing: readonly AcknowledgedWrite[];
  /** By the business clock. */
  readonly now: Date;
};

/** Looks whether this is the database that is known, and for these writes in it. */
export async function lookAtDatabase(sql: Sql, written: readonly AcknowledgedWrite[]): Promise<DatabaseLook> {
  const asked = written.map((write, n) =>
    write.what === 'request' ? { ...write, n, kind: write.what } : { ...write, n },
  );
  const rows = await sql<{ is_known: boolean; missing: number[]; now: Date }[]>`
    with w as (select * from jsonb_to_recordset(${sql.json(asked)}::jsonb)
                 as w (n int, kind text, id text, revision int, lease_number int, route text, key text))
    select is_database_known() as is_known, dc_now() as now,
           (select coalesce(json_agg(n order by n), '[]') from w where not case w.kind
              when 'request' then
                exists (select from idempotency_keys k where k.route = w.route and k.key = w.key)
              ${isThere(sql)} end) as missing`;
  const [row] = rows;
  if (row === undefined) return { is_known: true, missing: [], now: new Date(0) };
  return { ...row, missing: row.missing.flatMap((n) => written[n] ?? []) };
}

function isThere(sql: Sql) {
  return kinds
    .map(
      (kind) => sql`
        when ${kind} then exists (
          select from ${sql(obligationTables[kind])} t
          where t.id = w.id and t.revision >= w.revision and t.lease_number >= w.lease_number)`,
    )
    .reduce((before, each) => sql`${before} ${each}`);
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
