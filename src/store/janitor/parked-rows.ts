/** What a person's word on a parked row is about: the row, and the breaks about it. */
import { type ReviewKind, reviewStates } from '../../domain/releases.ts';
import type { Sql } from '../postgres/database.ts';
import { obligationTables } from '../work/obligations.ts';

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

/** Closes the open breaks about an entity, in the operator's name; returns how many there were. */
export async function closeBreaks(sql: Sql, entity_id: string, reason: string): Promise<number> {
  const rows = await sql`
    update breaks set closed_by = ${`operator: ${reason}`}
    where (entity_id = ${entity_id} or stripe_id = ${entity_id}) and closed_by is null returning id`;
  return rows.length;
}
