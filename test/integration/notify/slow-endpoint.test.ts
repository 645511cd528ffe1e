/** An endpoint that is slow takes nothing from one that is quick: neither the queue, nor the workers, nor the connections. */
import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { advance } from '../../../src/billing/advance.ts';
import { handlers } from '../../../src/billing/handlers.ts';
import { openQueue, type Queue } from '../../../src/queue/backend.ts';
import { dispatchDeliveriesOnce } from '../../../src/queue/dispatcher.ts';
import { markStartsWorker, redisUrl, wipeRedis } from '../../harness/services/services.ts';
import { until } from '../../harness/until.ts';
import { createNotifyWorld, type NotifyWorld } from './notify-world.ts';

const EVENTS = 200;

let api: NotifyWorld;
let queue: Queue;

beforeAll(async () => {
  await wipeRedis();
  api = await createNotifyWorld({ timings: { notifyTimeoutMs: 120_000, notifySlowMs: 100_000 } });
  const { timings, log } = api.world.deps;
  queue = await openQueue({ redisUrl: redisUrl(), databaseUrl: api.world.databaseUrl, timings, log });
});
afterAll(async () => {
  await queue.close();
  await api.close();
});

const dispatch = () => {
  const { sql, timings, log } = api.world.deps;
  return dispatchDeliveriesOnce({ sql, queue, timings, log });
};

/** One worker's hands for deliveries. */
function startHands() {
  markStartsWorker();
  const { concurrency } = handlers.delivery;
  const consumption = queue.consume('delivery', { concurrency }, async (ids) => {
    await advance(api.world.deps, 'delivery', ids);
  });
  onTestFinished(() => consumption.close());
}

test('the quick one has everything while the slow one has not answered its first', async () => {
  const slow = await api.endpoint(['customer.created']);
  const quick = await api.endpoint(['customer.created']);
  const held: ServerResponse[] = [];
  let isSlow = true;
  slow.receiver.answer((_request, response) => {
    if (isSlow) held.push(response);
    else response.writeHead(204).end();
  });
  await api.happen(EVENTS);
  await api.number();
  startHands();

  await until('the quick one has everything', async () => {
    await dispatch();
    return quick.receiver.received.length >= EVENTS ? true : null;
  });

  const share = api.world.deps.timings.notifyEndpointMax;
  expect(held.length).toBeGreaterThan(0);
  expect(held.length).toBeLessThanOrEqual(share);
  expect(await api.deliveries(slow.id, { status: 'delivered' })).toEqual([]);
  const [waiting] = await api.world.sql`
    select count(*)::int as taken from webhook_deliveries
    where endpoint_id = ${slow.id} and (offered_at is not null or claim_token is not null)`;
  expect(waiting?.taken).toBeLessThanOrEqual(share);

  isSlow = false;
  for (const response of held) response.writeHead(204).end();
  await until('the slow one has everything too', async () => {
    await dispatch();
    return new Set(slow.receiver.received.map(({ id }) => id)).size === EVENTS ? true : null;
  });
  expect(quick.receiver.received).toHaveLength(EVENTS);
});

test('of one that fails fewer are offered at a time', async () => {
  const { receiver, id } = await api.endpoint(['customer.created']);
  await api.world.sql`update webhook_endpoints set failing_since = dc_now() where id = ${id}`;
  await api.happen(30);
  await api.number();

  const { notifySlowEndpointMax, notifyEndpointMax } = api.world.deps.timings;
  const offered = async () => {
    const [row] = await api.world.sql<{ n: number }[]>`
      select count(*)::int as n from webhook_deliveries where endpoint_id = ${id} and offered_at is not null`;
    return row?.n;
  };
  await dispatch();
  await dispatch();
  expect(await offered()).toBe(notifySlowEndpointMax);
  await api.world.sql`update webhook_endpoints set failing_since = null where id = ${id}`;
  await dispatch();
  expect(await offered()).toBe(notifyEndpointMax);
  expect(receiver.received).toEqual([]);
});
