/** The way back for a parked row: found by its id, and released. */
import { type ReviewKind, reviewStates } from '../../domain/releases.ts';
import type { Sql } from '../postgres/database.ts';
import { obligationTables, type Rows } from '../work/obligations.ts';

const reviewKinds = Object.keys(reviewStates) as ReviewKind[];

/** The kind of the row that waits for a person under this id, or null. */
export async function findReview(sql: Sql, id: string): Promise<ReviewKind | null> {
  const parked = reviewKinds.map(
    (kind) => sql`
      select ${kind}::text as kind from ${sql(obligationTables[kind] as string)}
      where id = ${id} and state = ${reviewStates[kind]}`,
  );
  const rows = await sql<
    { kind: ReviewKind }[]
  >`${parked.reduce((all, next) => sql`${all} union all ${next}`)}`;
  return rows[0]?.kind ?? null;
}

export type Release<K extends ReviewKind> = {
  readonly id: string;
  /** The revision that the decision rests on. */
  readonly revision: number;
  readonly set: Partial<Rows[K]>;
  readonly reason: string;
};

/**
 * Gives a parked row back to the workers, due at once and with a clean count of tries. The reason goes into the
 * timeline. False when the row moved meanwhile: proof may have arrived, and then nothing is left to release.
 */
export async function releaseRow<K extends ReviewKind>(
  sql: Sql,
  kind: K,
  release: Release<K>,
): Promise<boolean> {
  const set = {
    ...release.set,
    detail: null,
    tries: 0,
    claim_token: null,
    lease_until: null,
    offered_at: null,
    cause: 'operator',
    cause_reference: release.reason,
  } as Record<string, string | number | Date | null>;
  const rows = await sql`
    update ${sql(obligationTables[kind] as string)} set ${sql(set)}, due_at = dc_now(), revision = revision + 1
    where id = ${release.id} and revision = ${release.revision} and state = ${reviewStates[kind]}
    returning id`;
  return rows.length === 1;
}

/** Closes the open breaks about an entity, in the operator's name; returns how many there were. */
export async function closeBreaks(sql: Sql, entity_id: string, reason: string): Promise<number> {
  const rows = await sql`
    update breaks set closed_by = ${`operator: ${reason}`}
    where (entity_id = ${entity_id} or stripe_id = ${entity_id}) and closed_by is null returning id`;
  return rows.length;
}
