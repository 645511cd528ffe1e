/** What waits for a person: the rows that are parked, the breaks nobody has closed, and the way back. */
import { type ReviewKind, reviewStates } from '../../domain/releases.ts';
import type { Sql } from '../postgres/database.ts';
import { obligationTables, type Rows } from '../work/obligations.ts';

const reviewKinds = Object.keys(reviewStates) as ReviewKind[];

export type ReviewedRow = {
  readonly kind: ReviewKind;
  readonly id: string;
  /** Since when it waits, business time. */
  readonly since: Date;
  /** What parked it: the cause and the reference of its newest transition. */
  readonly cause: string;
  readonly reference: string | null;
  /** The kinds of the open breaks about it. */
  readonly breaks: readonly string[];
};

/** Every row that waits for a person, oldest first. */
export async function listReviews(sql: Sql, limit: number): Promise<ReviewedRow[]> {
  return await sql<ReviewedRow[]>`
    with parked as (${parkedRows(sql)})
    select p.kind, p.id, coalesce(t.at, dc_now()) as since, coalesce(t.cause, 'unknown') as cause,
           t.cause_reference as reference,
           array(select b.kind from breaks b where b.entity_id = p.id and b.closed_by is null order by b.id) as breaks
    from parked p
    left join lateral (
      select at, cause, cause_reference from transitions where entity = p.kind and entity_id = p.id
      order by id desc limit 1) t on true
    order by since, p.id limit ${limit}`;
}

function parkedRows(sql: Sql) {
  const selects = reviewKinds.map(
    (kind) => sql`
      select ${kind}::text as kind, id from ${sql(obligationTables[kind] as string)}
      where state = ${sql.unsafe(`'${reviewStates[kind]}'`)}`,
  );
  return selects.reduce((all, next) => sql`${all} union all ${next}`);
}

export type OpenBreak = {
  readonly kind: string;
  readonly entity_id: string;
  readonly stripe_id: string | null;
  readonly last_seen_at: Date;
};

/** Contradictions that nobody has closed, newest first. */
export async function listOpenBreaks(sql: Sql, limit: number): Promise<OpenBreak[]> {
  return await sql<OpenBreak[]>`
    select kind, entity_id, stripe_id, last_seen_at from breaks
    where closed_by is null order by last_seen_at desc, id desc limit ${limit}`;
}

/** The kind of the row that waits for a person under this id, or null. */
export async function findReview(sql: Sql, id: string): Promise<ReviewKind | null> {
  const rows = await sql<{ kind: ReviewKind }[]>`
    with parked as (${parkedRows(sql)}) select kind from parked where id = ${id}`;
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
 * Gives a parked row back to the workers, due at once and with a clean count of tries. The reason goes to the
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

/** Closes the open breaks about an entity, in the operator's name; answers how many there were. */
export async function closeBreaks(sql: Sql, entity_id: string, reason: string): Promise<number> {
  const rows = await sql`
    update breaks set closed_by = ${`operator: ${reason}`}
    where (entity_id = ${entity_id} or stripe_id = ${entity_id}) and closed_by is null returning id`;
  return rows.length;
}
