import { randomBytes } from 'node:crypto';
import { insertInboxEvents } from '../../src/store/door/inbox-intake.ts';
import type { Sql } from '../../src/store/postgres/database.ts';

/** Creates `count` due rows: inbox events, because they need no other rows. Returns their ids. */
export async function owe(sql: Sql, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, () => `evt_${randomBytes(8).toString('hex')}`);
  const event = { type: 'payment_intent.succeeded', object_type: 'payment_intent', object_id: 'pi_x' };
  const rest = { request_key: null, livemode: false, created_s: 1, projection: null };
  await insertInboxEvents(
    sql,
    ids.map((id) => ({ id, ...event, ...rest })),
    'webhook',
  );
  return ids;
}
