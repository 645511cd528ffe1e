/** A merchant cancels while the attempt of a killed worker is open: the answer hangs on what Stripe had done. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { NodeProcess } from '../../../sandbox/node-process.ts';
import { endOf } from '../../harness/children.ts';
import { markStartsWorker } from '../../harness/services/services.ts';
import { type Stack, startStack } from '../../harness/stack.ts';
import { until } from '../../harness/until.ts';

let stack: Stack;
let survivor: NodeProcess;

beforeAll(async () => {
  stack = await startStack();
  [, survivor] = await Promise.all([stack.startApi(), stack.startWorker()]);
});

afterAll(() => stack.close());

/** A charge whose worker died at `place`; its open attempt is there, and a cancel of it has been accepted. */
async function cancelAfterKill(place: string): Promise<string> {
  markStartsWorker();
  const { customer_id } = await stack.customer('pm_card_visa');
  process.kill(survivor.pid, 'SIGSTOP');
  const victim = await stack.startWorker({ failpoints: `${place}:kill`, roles: 'charge' });
  const { body } = await stack.api.post('/v1/charges', {
    customer: customer_id,
    amount: 1_250,
    currency: 'eur',
    description: 'Power in October',
  });
  const end = await endOf(victim);
  expect(end.signal).toBe('SIGKILL');
  const open = await stack.sql`
    select state from charge_attempts where charge_id = ${body.id} and ended_at is null`;
  expect(open).toEqual([{ state: 'open' }]);
  const canceled = await stack.api.post(`/v1/charges/${body.id}/cancel`);
  expect(canceled.status).toBe(202);
  expect(canceled.body).toMatchObject({ status: 'processing', detail: 'closing' });
  process.kill(survivor.pid, 'SIGCONT');
  return body.id;
}

async function settled(id: string): Promise<unknown> {
  return until(`${id} is settled`, async () => {
    const { status } = (await stack.api.get(`/v1/charges/${id}`)).body;
    return ['succeeded', 'failed', 'canceled'].includes(String(status)) ? status : null;
  });
}

async function told(id: string): Promise<string[]> {
  const rows = await stack.sql`select type from events
    where object_id = ${id} and type like 'charge.%' and type not in ('charge.created', 'charge.attempt_failed')
    order by id`;
  return rows.map((row) => String(row.type));
}

test('a charge cancelled before its confirm was sent is never charged afterwards', async () => {
  const id = await cancelAfterKill('confirm.before');

  expect(await settled(id)).toBe('canceled');

  expect(await stack.ledger(id)).toMatchObject([{ status: 'canceled', successes: 0, confirms: 0 }]);
  expect(await told(id)).toEqual(['charge.canceled']);
  await stack.advance(30 * 86_400);
  await until('nothing is due', async () => {
    const due = await stack.sql`select 1 from charges where due_at <= dc_now()`;
    return due.length === 0;
  });
  expect(await stack.ledger(id)).toMatchObject([{ status: 'canceled', successes: 0, confirms: 0 }]);
  const attempts = await stack.sql`select state from charge_attempts where charge_id = ${id}`;
  expect(attempts).toEqual([{ state: 'canceled' }]);
});

test('a charge cancelled after its confirm was executed is told as succeeded, and only so', async () => {
  const id = await cancelAfterKill('confirm.after_effect');

  expect(await settled(id)).toBe('succeeded');

  expect(await stack.ledger(id)).toMatchObject([{ status: 'succeeded', successes: 1, confirms: 1 }]);
  expect(await told(id)).toEqual(['charge.succeeded']);
});
