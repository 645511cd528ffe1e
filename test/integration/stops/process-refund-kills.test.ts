/**
 * A worker is killed at every place around the making of a refund, each in a process of its own that dies there and nowhere
 * else; another worker, stopped meanwhile, then goes on from what the row says.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { NodeProcess } from '../../../sandbox/node-process.ts';
import { endOf } from '../../harness/children.ts';
import { markStartsWorker } from '../../harness/services/services.ts';
import { type Stack, startStack } from '../../harness/stack.ts';
import { until } from '../../harness/until.ts';

const PLACES = [
  'refund.create.before',
  'refund.create.after_effect',
  'refund.settle.before',
  'refund.settle.after_effect',
] as const;

let stack: Stack;
let survivor: NodeProcess;

beforeAll(async () => {
  stack = await startStack();
  [, survivor] = await Promise.all([stack.startApi(), stack.startWorker()]);
});
afterAll(() => stack.close());

async function paid(): Promise<{ id: string; payment_intent: string }> {
  const { customer_id: customer } = await stack.customer('pm_card_visa');
  const wanted = { customer, amount: 1_250, currency: 'eur', description: 'Power in October' };
  const { id } = (await stack.api.post('/v1/charges', wanted)).body;
  const read = async () => (await stack.api.get(`/v1/charges/${id}`)).body;
  await until(`${id} is paid`, async () => (await read()).status === 'succeeded');
  return { id, payment_intent: String((await read()).stripe_payment_intent_id) };
}

test.each(PLACES)('a worker killed at %s leaves one refund behind its successor', async (place) => {
  const charge = await paid();
  markStartsWorker();
  process.kill(survivor.pid, 'SIGSTOP');
  const victim = await stack.startWorker({ failpoints: `${place}:kill`, roles: 'refund' });
  const asked = await stack.api.post(`/v1/charges/${charge.id}/refunds`, { amount: 700 });
  expect(asked.status).toBe(202);
  expect(await endOf(victim)).toMatchObject({ signal: 'SIGKILL', code: null });
  process.kill(survivor.pid, 'SIGCONT');

  const refund = async () => (await stack.api.get(`/v1/refunds/${asked.body.id}`)).body;
  await until('it has gone back', async () => (await refund()).status === 'succeeded');
  const { data } = await stack.sdk.refunds.list({ payment_intent: charge.payment_intent });
  expect(data).toMatchObject([{ amount: 700, metadata: { dc_refund: asked.body.id } }]);
  const { amount_refunded, refunds } = (await stack.api.get(`/v1/charges/${charge.id}`)).body;
  expect([amount_refunded, refunds]).toMatchObject([700, [{ id: asked.body.id, origin: 'api' }]]);
});
