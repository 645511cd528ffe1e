/** Rows whose history can be forgotten: events, and a charge with everything that surrounds one. */
import { randomId } from '../../../src/platform/ids.ts';
import type { Sql } from '../../../src/store/postgres/database.ts';
import { moveClock } from '../../../src/store/work/clock-moves.ts';
import { seedCharge } from '../../harness/rows.ts';

const DAY_MS = 86_400_000;

export async function days(sql: Sql, count: number): Promise<void> {
  await moveClock(sql, count * DAY_MS);
}

/** A month and a day more than the calendar's months have. */
export const MONTHS_DAYS = 31;

/** An event in a state that it came to by legal moves. */
export async function seedEvent(
  sql: Sql,
  state: 'received' | 'applied' | 'ignored' | 'parked',
  request_key: string | null = null,
): Promise<string> {
  const id = `evt_${randomId('key').slice(4)}`;
  await sql`
    insert into inbox_events (id, state, due_at, type, object_type, livemode, stripe_created_at, projection, request_key)
    values (${id}, 'received', dc_now(), 'payment_intent.succeeded', 'payment_intent', false, dc_now(), '{}', ${request_key})`;
  if (state !== 'received')
    await sql`update inbox_events set state = ${state}, due_at = null, cause = 'worker' where id = ${id}`;
  return id;
}

export type SeededHistory = {
  readonly charge: string;
  readonly recovery: string;
  readonly message: string;
  readonly setup: string;
};

/** A charge whose customer was asked, and whose recovery sent a mail and took another card; still open. */
export async function seedHistory(sql: Sql): Promise<SeededHistory> {
  const { id: charge, customer_id } = await seedCharge(sql);
  const seeded = { charge, recovery: randomId('rec'), message: randomId('msg'), setup: randomId('set') };
  const { recovery, message, setup } = seeded;
  await sql`update charges set stripe_payment_intent_id = 'pi_' || id where id = ${charge}`;
  await sql`
    insert into charge_attempts (charge_id, number, kind, state, idempotency_key, stripe_payment_intent_id,
                                 payment_method_id, request_body, api_version, lease_number)
    select id, 1, 'off_session', 'open', 'dc1:' || id || ':confirm:1', 'pi_' || id, payment_method_id, 'a=b', '1', 1
    from charges where id = ${charge}`;
  await sql`update charge_attempts set state = 'declined', ended_at = dc_now() where charge_id = ${charge}`;
  await sql`update charges set state = 'action_required', due_at = null, cause = 'worker' where id = ${charge}`;
  await sql`
    insert into recoveries (id, state, charge_id, kind, payment_method_id, expires_at, link_nonce)
    values (${recovery}, 'open', ${charge}, 'replace', 'pm_x', dc_now() + interval '7 days', 'n')`;
  await seedMail(sql, recovery, message);
  await sql`
    insert into setups (id, state, customer_id, recovery_id, recovery_number, accepted_ip_address, accepted_user_agent,
                        usage, via, payment_method_types, return_url, expires_at)
    values (${setup}, 'queued', ${customer_id}, ${recovery}, 1, '192.0.2.1', 'A browser', 'off_session', 'checkout',
            '{card}', '', dc_now() + interval '1 day')`;
  await sql`update setups set state = 'failed', settled_at = dc_now() where id = ${setup}`;
  return seeded;
}

/** A mail of this recovery that went out. */
export async function seedMail(sql: Sql, recovery: string, id: string, step = 'initial'): Promise<void> {
  await sql`insert into messages (id, state, recovery_id, step) values (${id}, 'queued', ${recovery}, ${step})`;
  await sql`update messages set state = 'sending' where id = ${id}`;
  await sql`update messages set state = 'sent', sent_at = dc_now() where id = ${id}`;
}

export async function end(sql: Sql, { charge, recovery }: SeededHistory): Promise<void> {
  await sql`update recoveries set state = 'expired', closed_at = dc_now() where id = ${recovery}`;
  await sql`update charges set state = 'failed', settled_at = dc_now(), payment_intent_canceled_at = dc_now(),
      cause = 'worker' where id = ${charge}`;
}

/** How many rows of each table are about it, its recovery, its mail or its card. */
export async function countRows(sql: Sql, { charge, recovery, message, setup }: SeededHistory) {
  const ids = [charge, recovery, message, setup];
  const [row] = await sql<Record<string, number>[]>`
    select (select count(*)::int from transitions where entity_id = any(${ids})) as moves,
           (select count(*)::int from events where object_id = any(${ids})) as told,
           (select count(*)::int from messages where id = ${message}) as messages,
           (select count(*)::int from charges where id = ${charge}) as charges,
           (select count(*)::int from charge_attempts where charge_id = ${charge}) as attempts,
           (select count(*)::int from recoveries where id = ${recovery}) as recoveries,
           (select count(*)::int from setups where id = ${setup}) as setups,
           (select count(accepted_ip_address)::int + count(accepted_user_agent)::int from setups where id = ${setup}) as presses`;
  return row;
}

export const WHOLE = {
  told: 7,
  messages: 1,
  charges: 1,
  attempts: 1,
  recoveries: 1,
  setups: 1,
  presses: 2,
};
/** What is left of it. */
export const BOOKS = { ...WHOLE, moves: 0, told: 0, messages: 0, presses: 0 };
