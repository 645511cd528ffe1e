/** An endpoint is down for three days, in which workers are killed and the queue is wiped: every event arrives. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { wipeQueue } from '../../harness/queue-faults.ts';
import { markStartsWorker, redisUrl } from '../../harness/services/services.ts';
import { type Stack, startStack } from '../../harness/stack.ts';
import { until } from '../../harness/until.ts';
import { type Receiver, startReceiver } from '../notify/receiver.ts';

const DAY_S = 86_400;
const EVENTS_A_DAY = 10;

let stack: Stack;
let receiver: Receiver;
const workers: Awaited<ReturnType<Stack['startWorker']>>[] = [];

beforeAll(async () => {
  stack = await startStack();
  receiver = await startReceiver();
  await stack.startApi();
});
afterAll(async () => {
  await receiver.close();
  await stack.close();
});

const startWorker: Stack['startWorker'] = async (given) => {
  const worker = await stack.startWorker(given);
  workers.push(worker);
  return worker;
};

// A worker that a test has left would do the work of the next one's.
afterEach(async () => {
  for (const worker of workers.splice(0)) if (worker.isRunning()) await worker.stop(8_000);
});

beforeEach(async () => {
  // What other tests have made takes nothing any more.
  await stack.sql`
    update webhook_endpoints set state = 'disabled', disabled_reason = 'merchant' where state = 'enabled'`;
});

test('what happened in three days arrives, each event under its one id', { timeout: 240_000 }, async () => {
  markStartsWorker();
  const { body } = await stack.api.post('/v1/webhook_endpoints', { url: receiver.url, events: ['*'] });
  receiver.trust(String(body.secret));
  receiver.answerWith(503);
  const made: string[] = [];
  for (let day = 0; day < 3; day += 1) {
    const worker = await startWorker();
    for (let n = 0; n < EVENTS_A_DAY; n += 1)
      made.push((await stack.api.post('/v1/customers', { email: 'robin@example.test' })).body.id);
    const tried = receiver.received.length;
    await until('the endpoint was tried again', async () =>
      receiver.received.length >= tried + EVENTS_A_DAY ? true : null,
    );
    process.kill(worker.pid, 'SIGKILL');
    await until('the worker is dead', () => !worker.isRunning());
    await wipeQueue(stack.database_url, redisUrl());
    await stack.advance(DAY_S);
  }

  const before = receiver.received.length;
  receiver.answerWith(204);
  await startWorker();
  const arrived = () => receiver.received.slice(before).map(({ event }) => event);
  const about = () => new Set(arrived().map(({ data }) => (data as { object: { id: string } }).object.id));
  await until('every event has arrived', async () => (made.every((id) => about().has(id)) ? true : null));
  await until('nothing is owed any more', async () => {
    const [row] = await stack.sql`
      select ((select count(*) from webhook_deliveries where state = 'queued')
        + (select count(*) from feed where number is null))::int as n`;
    return row?.n === 0 ? true : null;
  });

  const [events] = await stack.sql`
    select count(*)::int as n, (select count(number)::int from feed) as numbered from events`;
  expect(events?.numbered).toBe(events?.n);
  expect(new Set(arrived().map(({ id }) => id)).size).toBe(events?.n);
  expect(receiver.refused()).toBe(0);
});

test.each(['delivery.before', 'delivery.after_effect', 'delivery.after'])(
  'a worker that is killed at %s leaves its delivery to the next one',
  async (place) => {
    markStartsWorker();
    const { body } = await stack.api.post('/v1/webhook_endpoints', {
      url: receiver.url,
      events: ['customer.created'],
    });
    receiver.trust(String(body.secret));
    const before = receiver.received.length;
    const victim = await startWorker({ failpoints: `${place}:kill`, roles: 'delivery' });
    await stack.api.post('/v1/customers', { email: 'robin@example.test' });
    await until('the worker is dead', () => !victim.isRunning());
    await startWorker({ roles: 'delivery' });
    await until('it is delivered', async () => {
      const [row] = await stack.sql<{ state: string }[]>`
        select state from webhook_deliveries where endpoint_id = ${body.id}`;
      return row?.state === 'delivered';
    });

    const ids = receiver.received.slice(before).map(({ id }) => id);
    expect(new Set(ids).size).toBe(1);
    expect(ids).toHaveLength(place === 'delivery.after_effect' ? 2 : 1);
  },
);
