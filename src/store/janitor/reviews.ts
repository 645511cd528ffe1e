/** What waits for a person: parked rows, and breaks that are still open. */
import { and, desc, eq, isNull, sql } from 'drizzle-orm';
import { unionAll } from 'drizzle-orm/pg-core';
import { type ReviewKind, reviewStates } from '../../domain/releases.ts';
import type { Tables } from '../postgres/tables.ts';
import { breaks } from '../schema/operations.ts';
import { transitions } from '../schema/timeline.ts';
import { builtTableOf } from '../work/obligations.ts';

const reviewKinds = Object.keys(reviewStates) as ReviewKind[];

export type ParkedRow = {
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
export async function listReviews(tables: Tables, limit: number): Promise<ParkedRow[]> {
  type OfEach = [ReturnType<typeof parkedOf>, ReturnType<typeof parkedOf>, ...ReturnType<typeof parkedOf>[]];
  const ofEach = reviewKinds.map((kind) => parkedOf(tables, kind)) as OfEach;
  return unionAll(...ofEach)
    .orderBy(sql`since`, sql`id`)
    .limit(limit);
}

/** The parked rows of one kind. The state is part of the text, so that the partial index answers. */
function parkedOf(tables: Tables, kind: ReviewKind) {
  const table = builtTableOf(kind);
  const newest = tables
    .select({ at: transitions.at, cause: transitions.cause, reference: transitions.cause_reference })
    .from(transitions)
    .where(and(eq(transitions.entity, kind), eq(transitions.entity_id, table.id)))
    .orderBy(desc(transitions.id))
    .limit(1)
    .as('newest');
  const open = tables
    .select({ kinds: sql`coalesce(jsonb_agg(${breaks.kind} order by ${breaks.id}), '[]')` })
    .from(breaks)
    .where(and(eq(breaks.entity_id, table.id), isNull(breaks.closed_by)));
  return tables
    .select({
      kind: sql<ReviewKind>`${kind}::text`.as('kind'),
      id: sql<string>`${table.id}`.as('id'),
      since: sql`coalesce(${newest.at}, dc_now())`.mapWith(transitions.at).as('since'),
      cause: sql<string>`coalesce(${newest.cause}, 'unknown')`.as('cause'),
      reference: newest.reference,
      breaks: sql<string[]>`${open}`.as('breaks'),
    })
    .from(table)
    .leftJoinLateral(newest, sql`true`)
    .where(eq(table.state, sql.raw(`'${reviewStates[kind]}'`)));
}

/** Contradictions that are still open, newest first. */
export async function listOpenBreaks(tables: Tables, limit: number) {
  const { kind, entity_id, stripe_id, last_seen_at } = breaks;
  return tables
    .select({
      kind,
      entity_id,
      stripe_id,
      last_seen_at,
      mark: sql<string | null>`${breaks.observed} ->> 'mark'`,
    })
    .from(breaks)
    .where(isNull(breaks.closed_by))
    .orderBy(desc(last_seen_at), desc(breaks.id))
    .limit(limit);
}
