/** What a person's word on a parked row is about: the row, and the breaks about it. */
import { type ReviewKind, reviewStates } from '../../domain/releases.ts';
import type { Sql } from '../postgres/database.ts';
import { obligationTables, type Rows } from '../work/obligations.ts';
import { closedBreaks, namedBreaks, type OperatorWord, wroteActions } from '../work/operator-actions.ts';

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
};

/**
 * Gives a parked row back to the workers, due at once and with a clean count of tries; closes the breaks about it, and
 * writes down who said so. A charge that is to end ends its customer's link. False when the row moved meanwhile: proof
 * may have arrived, and then nothing is left to release.
 */
export async function releaseRow<K extends ReviewKind>(
  sql: Sql,
  kind: K,
  release: Release<K>,
  word: OperatorWord,
  verb: 'release' | 'write_off' = 'release',
): Promise<boolean> {
  const set = {
    detail: null,
    ...release.set,
    tries: 0,
    claim_token: null,
    lease_until: null,
    offered_at: null,
    cause: 'operator',
    cause_reference: word.reason,
  } as Record<string, string | number | Date | null>;
  const action = { verb, entity: kind, entity_id: release.id, observed: { to: String(set.state) } };
  const rows = await sql`
    with released as (
      update ${sql(obligationTables[kind] as string)} set ${sql(set)}, due_at = dc_now(), revision = revision + 1
      where id = ${release.id} and revision = ${release.revision} and state = ${reviewStates[kind]}
      returning id
    ), ended as (
      update recoveries r set state = 'revoked', closed_at = dc_now(), revision = r.revision + 1,
        cause = 'operator', cause_reference = ${word.reason}
      from released
      where ${set.state === 'closing'} and r.charge_id = released.id and r.state = 'open'
    ), named as (${namedBreaks(sql, [release.id])}
    ), closed as (${closedBreaks(sql, 'released', word)}
    ), said as (${wroteActions(sql, 'released', action, word)})
    select id from released`;
  return rows.length === 1;
}

export type NamedBreak = {
  readonly kind: string;
  /** The charge that our mark on it names, where it is money of ours. */
  readonly mark: string | null;
};

/** The open breaks about an entity, or about an object at Stripe. */
export async function readOpenBreaks(sql: Sql, id: string): Promise<NamedBreak[]> {
  return await sql<NamedBreak[]>`
    select kind, observed ->> 'mark' as mark from breaks
    where (entity_id = ${id} or stripe_id = ${id}) and closed_by is null order by id`;
}

/**
 * Closes the open breaks of these kinds about an id, on a person's word and nothing else; returns how many there were.
 * What each had observed is kept with the word: the next comparison leaves it out while both sides say the same.
 */
export async function closeBreaks(
  sql: Sql,
  id: string,
  kinds: readonly string[],
  word: OperatorWord,
): Promise<number> {
  const rows = await sql`
    with named as (
      select id, entity_id, stripe_id, observed from breaks
      where (entity_id = ${id} or stripe_id = ${id}) and kind = any(${kinds as string[]}) and closed_by is null
      order by id for update
    ), said as (
      insert into operator_actions (verb, entity, entity_id, break_id, stripe_id, reason, "by", observed)
      select 'release', 'break', entity_id, id, stripe_id, ${word.reason}, ${word.by}, observed from named
    )
    update breaks b set closed_by = ${`operator: ${word.reason}`} from named where b.id = named.id returning b.id`;
  return rows.length;
}
