/**
 * What the orphan sweep asks and writes.
 *
 * A row of `sweeps`, `orphan:<pi_…>`, owes the cancellation of an orphan, because no charge does. Its cursor is the
 * number of the key `dc1:<pi_…>:cancel:<n>`, written before the first sending.
 */
import type postgres from 'postgres';
import { hasMoney } from '../../domain/charge/marked-intents.ts';
import type { OrphanCharge } from '../../domain/charge/orphans.ts';
import type { PaymentSnapshot } from '../../domain/charge/payment-snapshot.ts';
import type { Sql } from '../postgres/database.ts';
import { closedBreaks, namedBreaks, type OperatorWord, wroteActions } from '../work/operator-actions.ts';

/** The charges with these ids, as far as a decision about orphans needs them. */
export async function readOrphanCharges(
  sql: Sql,
  charge_ids: readonly string[],
): Promise<Map<string, OrphanCharge>> {
  const rows = await sql<(OrphanCharge & { id: string })[]>`
    select c.id, c.stripe_payment_intent_id, s.terminal
    from charges c join states s on s.entity = 'charge' and s.state = c.state
    where c.id = any(${charge_ids as string[]})`;
  return new Map(rows.map(({ id, ...charge }) => [id, charge]));
}

/** Owes the cancellation of an orphan and returns the number of the key to send. */
export async function openOrphanCancel(sql: Sql, payment_intent_id: string): Promise<number> {
  const rows = await sql<{ number: number }[]>`
    insert into sweeps (name, due_at, cursor) values (${rowName(payment_intent_id)}, dc_now(), '1')
    on conflict (name) do update set due_at = excluded.due_at
    returning cursor::int as number`;
  return rows[0]?.number ?? 1;
}

/**
 * Stripe will repeat another answer under this key for ever: if the next sweep finds the orphan still uncancelled, it
 * sends the next number. Compares the number, so that two sweeps do not skip one.
 */
export async function spendOrphanCancel(sql: Sql, payment_intent_id: string, number: number): Promise<void> {
  await sql`
    update sweeps set cursor = ${String(number + 1)}
    where name = ${rowName(payment_intent_id)} and cursor = ${String(number)}`;
}

/** Records that these are cancelled: nothing is owed any more. */
export async function closeOrphanCancels(sql: Sql, payment_intent_ids: readonly string[]): Promise<void> {
  if (payment_intent_ids.length === 0) return;
  await sql`delete from sweeps where name = any(${payment_intent_ids.map(rowName)})`;
}

/** A person had it cancelled, or it was: nothing is owed any more, and the breaks about it are closed. */
export async function closeOrphan(sql: Sql, payment_intent_id: string, word: OperatorWord): Promise<void> {
  const action = { verb: 'write_off', entity: 'payment_intent', entity_id: payment_intent_id } as const;
  await sql`
    with gone as (select ${payment_intent_id}::text as id
    ), swept as (delete from sweeps where name = ${rowName(payment_intent_id)}
    ), named as (${namedBreaks(sql, [payment_intent_id])}
    ), closed as (${closedBreaks(sql, 'gone', word)})
    ${wroteActions(sql, 'gone', { ...action, stripe_id: payment_intent_id }, word)}`;
}

/** What a break says of a PaymentIntent that no charge names: no longer true once one does. */
const NAMED_BY_NONE = ['unbound_payment_intent', 'success_without_charge', 'orphan_left'];

/**
 * Closes breaks about PaymentIntents that their charges have found meanwhile: after a loss of rows, a sweep may come
 * before the request that brings the row back. And those about a confirm whose PaymentIntent a person has dealt with.
 */
export async function closeFoundBreaks(sql: Sql): Promise<void> {
  await sql`
    update breaks b set closed_by = coalesce('bound to ' || f.charge_id, 'operator: ' || f.verb)
    from (
      select o.id, c.id as charge_id, null as verb from breaks o
      join charges c on c.stripe_payment_intent_id = o.stripe_id
      where o.closed_by is null and o.kind = any(${NAMED_BY_NONE})
      union all
      select o.id, null, max(a.verb) from breaks o join operator_actions a on a.stripe_id = o.stripe_id
      where o.closed_by is null and o.kind = 'confirm_without_attempt' and a.verb <> 'release'
      group by o.id
    ) as f
    where b.id = f.id`;
}

/**
 * Money at Stripe under our mark that no charge is bound to; an amount that is only held carries no mark, for it is some
 * other program's. Whether that is open: a person who has refunded it, or knows it, is not alarmed again.
 */
export async function recordUnboundPayment(sql: Sql, snapshot: PaymentSnapshot): Promise<boolean> {
  const { status, amount_received_minor, metadata } = snapshot;
  const observed = {
    status,
    amount_received_minor,
    mark: hasMoney(snapshot) ? (metadata.dc_charge ?? null) : null,
  };
  const rows = await sql<{ is_open: boolean }[]>`
    insert into breaks (kind, entity_id, stripe_id, observed)
    values ('unbound_payment_intent', ${snapshot.id}, ${snapshot.id},
            ${sql.json(observed as postgres.JSONValue)})
    on conflict (kind, entity_id) do update set last_seen_at = dc_now(), observed = excluded.observed
    returning closed_by is null as is_open`;
  return rows[0]?.is_open ?? true;
}

function rowName(payment_intent_id: string): string {
  return `orphan:${payment_intent_id}`;
}
