/** Our side of the comparison with Stripe, and the place where its differences are kept. */
import type { BookedCharge, Difference } from '../../domain/reconciliation.ts';
import type { Sql } from '../postgres/database.ts';

/** What is compared: everything settled from `from` (null: ever) until `to`, by the business clock. */
export type BookedWindow = { readonly from: Date | null; readonly to: Date };

function columns(sql: Sql) {
  return sql`
    c.id, c.state, c.amount_minor, c.amount_received_minor, c.accepted_minor,
    c.operator_action_id is not null as on_word, c.currency, c.livemode, c.stripe_payment_intent_id,
    c.settled_at, u.stripe_customer_id`;
}

/** The charges that these PaymentIntents belong to, by binding or by our mark. */
export async function readBooked(
  sql: Sql,
  payment_intent_ids: readonly string[],
  marked_charge_ids: readonly string[],
): Promise<BookedCharge[]> {
  return await sql<BookedCharge[]>`
    select ${columns(sql)} from charges c join customers u on u.id = c.customer_id
    where c.stripe_payment_intent_id = any(${payment_intent_ids as string[]})
       or c.id = any(${marked_charge_ids as string[]})`;
}

/** Charges that have a PaymentIntent, and those that claim success without one; by id, of all times. */
export async function readBoundCharges(sql: Sql, after_id: string, limit: number): Promise<BookedCharge[]> {
  return await sql<BookedCharge[]>`
    select ${columns(sql)} from charges c join customers u on u.id = c.customer_id
    where ${isBound(sql)} and c.id > ${after_id}
    order by c.id limit ${limit}`;
}

export type BoundCharge = { readonly id: string; readonly stripe_payment_intent_id: string | null };

/** The same charges without their books: those that ended in this span, by the few pages that tell of it. */
export async function readEnded(sql: Sql, from: Date, to: Date | null): Promise<BoundCharge[]> {
  const until = to === null ? sql`` : sql`and c.settled_at < ${to}`;
  return await sql<BoundCharge[]>`
    select c.id, c.stripe_payment_intent_id from charges c
    where ${isBound(sql)} and c.settled_at >= ${from} ${until}`;
}

/** And those that have not ended: what is due, and what is not. */
export async function readNotEnded(sql: Sql): Promise<BoundCharge[]> {
  return await sql<BoundCharge[]>`
    select c.id, c.stripe_payment_intent_id from charges c
    where ${isBound(sql)} and c.settled_at is null
      and (c.due_at is not null or c.due_at is null and c.settled_at is null)`;
}

function isBound(sql: Sql) {
  return sql`(c.stripe_payment_intent_id is not null or c.state = 'succeeded')`;
}

/** What the books say was received in the window, by currency. */
export async function sumReceived(
  sql: Sql,
  { from, to }: BookedWindow,
): Promise<{ currency: string; received_minor: number }[]> {
  const ended = from === null ? sql`(settled_at is null or settled_at < ${to})` : inSpan(sql, from, to);
  return await sql<{ currency: string; received_minor: number }[]>`
    select currency, coalesce(sum(amount_received_minor), 0)::bigint as received_minor from charges
    where state = 'succeeded' and ${ended}
    group by currency order by currency`;
}

function inSpan(sql: Sql, from: Date, to: Date) {
  return sql`settled_at >= ${from} and settled_at < ${to}`;
}

/** A confirm at Stripe: its key, its PaymentIntent and when it was made, in Unix seconds. */
export type SeenConfirm = { readonly key: string; readonly intent: string; readonly at_s: number };

/**
 * Which of these confirms were written ahead, as `key PaymentIntent`. One of the span of a loss counts if the charge
 * that its key names is bound to its PaymentIntent: the attempt was lost with its row, and its effect was found.
 */
export async function readWrittenAhead(sql: Sql, confirms: readonly SeenConfirm[]): Promise<Set<string>> {
  const rows = await sql<{ pair: string }[]>`
    with seen as (
      select * from jsonb_to_recordset(${sql.json(confirms)}::jsonb) as s (key text, intent text, at_s bigint)
    )
    select a.idempotency_key || ' ' || a.stripe_payment_intent_id as pair from charge_attempts a
    where a.idempotency_key in (select key from seen)
    union all
    select s.key || ' ' || s.intent from seen s
    join charges c on c.stripe_payment_intent_id = s.intent
      and s.key in (select 'dc1:' || c.id || ':confirm:' || n from generate_series(1, 8) n)
    join instance i on to_timestamp(s.at_s) between i.lost_from - interval '1 day' and i.lost_at`;
  return new Set(rows.map((row) => row.pair));
}

/** Of these PaymentIntents, those whose money a person has claimed, accepted, refunded or written off. */
export async function readSpokenOf(sql: Sql, payment_intent_ids: readonly string[]): Promise<Set<string>> {
  const rows = await sql<{ stripe_id: string }[]>`
    select distinct stripe_id from operator_actions
    where stripe_id = any(${payment_intent_ids as string[]}) and verb <> 'release'`;
  return new Set(rows.map((row) => row.stripe_id));
}

export type DifferenceName = {
  readonly kind: string;
  readonly entity: string;
  readonly payment_intent: string | null;
};
/** `mark`: the charge that it is about, or that our mark names. */
export type KnownDifference = DifferenceName & { readonly mark: string | null; readonly verb: string };

/**
 * Which of these a person knows and has closed by their word: by kind and entity, with the verbs. Only while both sides
 * say what they said then; anything new is a difference again.
 */
export async function readKnown(sql: Sql, differences: readonly Difference[]): Promise<KnownDifference[]> {
  if (differences.length === 0) return [];
  return await sql<KnownDifference[]>`
    select distinct d.kind, d.entity, d.payment_intent, d.charge as mark, a.verb
    from jsonb_to_recordset(${sql.json(differences as never)}::jsonb)
      as d (kind text, entity text, charge text, payment_intent text, database text, stripe text)
    join breaks b on b.kind = d.kind and b.entity_id = d.entity and b.stripe_id is not distinct from d.payment_intent
    join operator_actions a on a.break_id = b.id
    where a.observed ->> 'database' is not distinct from d.database
      and a.observed ->> 'stripe' is not distinct from d.stripe`;
}

/** Keeps each difference for a person, and opens it again if it had been closed; nothing is healed here. */
export async function recordDifferences(sql: Sql, differences: readonly Difference[]): Promise<void> {
  if (differences.length === 0) return;
  await sql`
    insert into breaks (kind, entity_id, stripe_id, observed)
    select distinct on (d.kind, d.entity) d.kind, d.entity, d.payment_intent,
           jsonb_build_object('database', d.database, 'stripe', d.stripe, 'mark', d.charge)
    from jsonb_to_recordset(${sql.json(differences as never)}::jsonb)
      as d (kind text, entity text, charge text, payment_intent text, database text, stripe text)
    on conflict (kind, entity_id) do update
      set last_seen_at = dc_now(), observed = excluded.observed, closed_by = null`;
}
