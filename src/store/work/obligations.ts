/**
 * One claim, one renewal, one move and one offer for every kind of row.
 *
 * A worker that wants to act on an obligation claims it first. The claim proves that no other acts until
 * `lease_until`, by the database's clock. It carries a random token, and as long as its lease number is current the
 * same token gets the same answer again, so an answer lost on the wire costs nothing. An expired lease is simply taken
 * over: the row says what had begun, and the successor goes on from there.
 *
 * Statements about given rows must be planned by the rows' ids, not over the index of all leases or of all that is due,
 * which the planner believes to be empty after a quiet hour. So they ask for the `claim_token`, which every lease has,
 * and for `(due_at <= dc_now()) is true`, which no index answers.
 *
 * Giving a lease back also forgets the row's last offer: a job that came while the row was leased was passed over, and
 * otherwise the row would wait until its offer counts as lost.
 */
import { getTableName } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';
import type postgres from 'postgres';
import type { Sql } from '../postgres/database.ts';
import { charges } from '../schema/charges.ts';
import { customers, payment_methods } from '../schema/customers.ts';
import { webhook_deliveries, webhook_endpoints } from '../schema/endpoints.ts';
import { inbox_events } from '../schema/inbox.ts';
import { notices } from '../schema/notices.ts';
import { messages, recoveries } from '../schema/recoveries.ts';
import { refunds } from '../schema/refunds.ts';
import { runs } from '../schema/runs.ts';
import { setups } from '../schema/setups.ts';

/**
 * Every kind of row that owes something: its table, the state of a row that failed too often (kinds without such a
 * state go on trying, hourly), and the state that only a holder gives a row and takes from it. A new kind is a line here, its machine in `src/domain/machines.ts` and its handler in
 * `src/billing/handlers.ts`.
 */
const obligations = {
  customer: { table: customers, parked: 'needs_review', begun: null },
  setup: { table: setups, parked: 'needs_review', begun: null },
  payment_method: { table: payment_methods, parked: null, begun: null },
  run: { table: runs, parked: null, begun: null },
  charge: { table: charges, parked: 'needs_review', begun: 'in_flight' },
  refund: { table: refunds, parked: 'needs_review', begun: null },
  recovery: { table: recoveries, parked: null, begun: null },
  message: { table: messages, parked: 'failed', begun: 'sending' },
  notice: { table: notices, parked: 'failed', begun: 'sending' },
  inbox_event: { table: inbox_events, parked: 'parked', begun: null },
  webhook_endpoint: { table: webhook_endpoints, parked: null, begun: null },
  delivery: { table: webhook_deliveries, parked: 'failed', begun: null },
} as const;

export type Kind = keyof typeof obligations;
export type Rows = { readonly [K in Kind]: (typeof obligations)[K]['table']['$inferSelect'] };

export const kinds = Object.keys(obligations) as Kind[];

export function ofEachKind<T>(make: (kind: Kind) => T): Readonly<Record<Kind, T>> {
  return Object.fromEntries(kinds.map((kind) => [kind, make(kind)])) as Record<Kind, T>;
}

/** The name of each kind's table. */
export const obligationTables = ofEachKind((kind) => getTableName(obligations[kind].table));
const tableOf = (kind: Kind): string => obligationTables[kind];

/** The kind's table for the query builder, with the columns that all kinds share. */
export function builtTableOf(kind: Kind): PgTable & { readonly id: PgColumn; readonly state: PgColumn } {
  return obligations[kind].table;
}

export type ClaimRequest = { readonly id: string; readonly token: string };

/**
 * Leases the free rows for `lease_ms` of real time, and returns them as they are now. A row that is missing from the
 * answer is leased by another process, locked at this moment, or (with `due_only`) not due. Of a database that nobody
 * knows yet none is leased.
 *
 * Rows are locked in id order and locked ones are skipped, so two gathered claims never wait for each other.
 */
export async function claimRows<K extends Kind>(
  sql: Sql,
  kind: K,
  requests: readonly ClaimRequest[],
  options: { readonly lease_ms: number; readonly due_only: boolean },
): Promise<Rows[K][]> {
  const table = sql(tableOf(kind));
  const ids = requests.map((request) => request.id);
  const tokens = requests.map((request) => request.token);
  const rows = await sql`
    with wanted as (
      select * from unnest(${ids}::text[], ${tokens}::text[]::uuid[]) as w (id, token)
    ), free as (
      select t.id, w.token,
             t.claim_token is not distinct from w.token and t.lease_until > clock_timestamp() as held
      from ${table} t join wanted w on w.id = t.id
      where (t.lease_until is null or t.lease_until <= clock_timestamp() or t.claim_token = w.token)
        and (not ${options.due_only} or t.due_at <= (select dc_now()) or t.claim_token = w.token)
        and (select is_database_known())
      order by t.id
      for update of t skip locked
    )
    update ${table} t set
      claim_token = f.token,
      lease_number = case when f.held then t.lease_number else drawn_after(t.lease_number) end,
      lease_until = clock_timestamp() + ${options.lease_ms} * interval '1 millisecond',
      offered_at = null
    from free f where t.id = f.id
    returning t.*`;
  return rows as unknown as Rows[K][];
}

export type HeldLease = { readonly id: string; readonly lease_number: number };

/** Extends leases that are still current; returns their ids. One statement for all of a kind. */
export async function renewLeases(
  sql: Sql,
  kind: Kind,
  leases: readonly HeldLease[],
  lease_ms: number,
): Promise<string[]> {
  const table = sql(tableOf(kind));
  const rows = await sql<{ id: string }[]>`
    with held as (
      select t.id, t.lease_until > clock_timestamp() as current from ${table} t
      join unnest(${leases.map((l) => l.id)}::text[], ${leases.map((l) => l.lease_number)}::text[]::int[])
        as w (id, lease_number) on w.id = t.id and w.lease_number = t.lease_number
      order by t.id
      for update of t skip locked
    )
    update ${table} t set lease_until = clock_timestamp() + ${lease_ms} * interval '1 millisecond'
    from held where held.id = t.id and held.current
    returning t.id`;
  return rows.map((row) => row.id);
}

/** Gives back those of these leases that are still held, in one statement that waits for locked rows. */
export async function releaseLeases(sql: Sql, kind: Kind, leases: readonly HeldLease[]): Promise<void> {
  await sql`
    with held as (
      select t.id from ${sql(tableOf(kind))} t
      join unnest(${leases.map((l) => l.id)}::text[], ${leases.map((l) => l.lease_number)}::text[]::int[])
        as w (id, lease_number) on w.id = t.id and w.lease_number = t.lease_number
      where t.claim_token is not null
      order by t.id
      for update of t
    )
    update ${sql(tableOf(kind))} t set claim_token = null, lease_until = null, offered_at = null
    from held where held.id = t.id`;
}

/**
 * Gives a lease back after an exception: due again in 1 s, 2 s, 4 s … up to an hour. The `tries_max`-th exception in a
 * row parks the row for a person, `null` never does; any settled step resets the count. If the lease was given back
 * already, the row was settled before the exception and keeps its new due time: a retry in days stays in days. Returns
 * whether the row now waits for a person.
 */
export async function backOffRow(
  sql: Sql,
  kind: Kind,
  lease: HeldLease,
  tries_max: number | null,
): Promise<boolean> {
  const { parked } = obligations[kind];
  const rows = await sql<{ state: string }[]>`
    update ${sql(tableOf(kind))} t set
      tries = t.tries + 1,
      revision = t.revision + 1,
      claim_token = null, lease_until = null, offered_at = null,
      state = case when t.tries + 1 >= ${tries_max}::int and ${parked}::text is not null
                   and exists (select 1 from allowed_transitions a where a.entity = ${kind}
                               and a.from_state = t.state and a.to_state = ${parked})
                   then ${parked} else t.state end,
      cause = 'worker', cause_reference = 'exception',
      due_at = case when t.tries + 1 >= ${tries_max}::int and ${parked}::text is not null then null
                    else dc_now() + least(3600, power(2, least(t.tries, 12))) * interval '1 second' end
    where t.id = ${lease.id} and t.lease_number = ${lease.lease_number} and t.claim_token is not null
      and t.due_at is not null
    returning t.state`;
  return parked !== null && rows[0]?.state === parked;
}

export type Move<K extends Kind> = {
  readonly id: string;
  /** The revision that the decision rests on; if it has changed, another process was faster: read again. */
  readonly revision: number;
  /** Given when the action needs the lease; facts that anyone may bring leave it out. */
  readonly lease_number?: number;
  readonly set: Partial<Rows[K]>;
  /** Milliseconds from `dc_now()`, null: never; absent: leaves the due time alone. */
  readonly due_in_ms?: number | null;
  /** Keep holding the lease; by default a move gives it back. */
  readonly keep_lease?: boolean;
  readonly cause: string;
  readonly cause_reference?: string | null;
};

/**
 * Moves one row on from the revision that was read: a compare-and-set. False when the row has moved since, or when the
 * lease that the move needs is no longer current.
 *
 * @throws when the machine does not allow the transition (SQLSTATE DC001)
 */
export async function moveRow<K extends Kind>(sql: Sql, kind: K, move: Move<K>): Promise<boolean> {
  const set = {
    ...move.set,
    cause: move.cause,
    cause_reference: move.cause_reference ?? null,
    ...(move.keep_lease === true ? {} : { claim_token: null, lease_until: null, offered_at: null }),
  } as unknown as Record<string, postgres.SerializableParameter>;
  const due =
    move.due_in_ms === undefined
      ? sql``
      : sql`, due_at = dc_now() + ${move.due_in_ms}::double precision * interval '1 millisecond'`;
  const lease = move.lease_number === undefined ? sql`` : sql`and lease_number = ${move.lease_number}`;
  const rows = await sql`
    update ${sql(tableOf(kind))} set ${sql(set)}, revision = revision + 1 ${due}
    where id = ${move.id} and revision = ${move.revision} ${lease}
    returning id`;
  return rows.length === 1;
}

/** More than are offered and leased at any time, and read in a few milliseconds. */
const FRONT_ROWS = 4_000;

export type Offer = { readonly id: string; readonly offer_number: number };

/**
 * Marks due rows as offered and returns them, oldest first: those never offered, and those whose offer has gone stale
 * because the queue lost it. The offer number makes each offer's job id new. `left_only`: of those, the rows whose
 * holder let the lease expire, and which it may have begun: those in a state that says so, and those at the front of the line,
 * because what is claimed was due longest. However many rows are due, and without an index that every claim would have to
 * change.
 */
export async function offerDueRows(
  sql: Sql,
  kind: Kind,
  options: { readonly limit: number; readonly stale_ms: number; readonly left_only?: boolean },
): Promise<Offer[]> {
  const table = sql(tableOf(kind));
  const isLeft = options.left_only === true;
  const { begun } = obligations[kind];
  const isOver = sql`e.lease_until <= clock_timestamp()`;
  const left = isLeft
    ? sql`and d.id = any(array(
        select e.id from (
          select o.id, o.lease_until from ${table} o where o.due_at <= (select dc_now())
          order by o.due_at limit ${FRONT_ROWS}) e
        where ${isOver}
        ${begun === null ? sql`` : sql`union select e.id from ${table} e where e.state = ${sql.unsafe(`'${begun}'`)} and ${isOver}`}))`
    : sql``;
  return await sql<Offer[]>`
    update ${table} t set offer_number = t.offer_number + 1, offered_at = clock_timestamp()
    where t.id in (
      select d.id from ${table} d
      where d.due_at <= (select dc_now())
        and (d.lease_until is null or d.lease_until <= clock_timestamp()) ${left}
        and (d.offered_at is null or d.offered_at < clock_timestamp() - ${options.stale_ms} * interval '1 millisecond')
      order by d.due_at
      limit ${options.limit}
      for update skip locked
    )
    returning t.id, t.offer_number`;
}

/** Marks the given rows as offered (the API's own offer after its commit). */
export async function offerRows(sql: Sql, kind: Kind, ids: readonly string[]): Promise<Offer[]> {
  return await sql<Offer[]>`
    update ${sql(tableOf(kind))} t
    set offer_number = t.offer_number + 1, offered_at = clock_timestamp()
    where t.id = any(${ids as string[]}) and (t.due_at <= (select dc_now())) is true
    returning t.id, t.offer_number`;
}

/**
 * Forgets the offers of rows that are due and free but that a job could not claim: another statement held their locks
 * at that moment. The dispatcher offers them again in its next round.
 */
export async function forgetOffers(sql: Sql, kind: Kind, ids: readonly string[]): Promise<void> {
  await sql`
    update ${sql(tableOf(kind))} set offered_at = null
    where id = any(${ids as string[]}) and (due_at <= dc_now()) is true
      and (lease_until is null or lease_until <= clock_timestamp())`;
}

/** The row as it is, or null. */
export async function readRow<K extends Kind>(sql: Sql, kind: K, id: string): Promise<Rows[K] | null> {
  const rows = await sql`select * from ${sql(tableOf(kind))} where id = ${id}`;
  return (rows[0] as Rows[K] | undefined) ?? null;
}
