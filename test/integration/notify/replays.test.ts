/** What was sent is sent again when a merchant asks, and an endpoint can be tried before anything happens. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deliveryShape, endpointTestShape } from '../../contract/outside/outside-shapes.ts';
import { createNotifyWorld, type NotifyWorld } from './notify-world.ts';

let api: NotifyWorld;

beforeAll(async () => {
  api = await createNotifyWorld();
});
afterAll(() => api.close());

const only = ['customer.created'];
const path = (id: string, verb = '') => `/v1/webhook_endpoints/${id}${verb}`;

test('a test event says what came back, and is in no list', async () => {
  const { id, receiver } = await api.endpoint(only);
  const good = await api.post(path(id, '/test'));
  expect(endpointTestShape.parse(good.body)).toEqual(good.body);
  expect(good).toMatchObject({ status: 200, body: { delivered: true, status: 204, code: null } });
  expect(receiver.received[0]).toMatchObject({ type: 'webhook_endpoint.test' });
  receiver.answerWith(418, {}, 'short and stout');
  const bad = await api.post(path(id, '/test'));
  expect(bad.body).toMatchObject({
    delivered: false,
    status: 418,
    code: 'http_418',
    answer: 'short and stout',
  });
  expect(await api.deliveries(id)).toEqual([]);
  await api.erase(path(id));
});

describe('a replay', () => {
  test('sends again what was sent from a time on, under the same ids, also to an endpoint that is new', async () => {
    await api.happen(2);
    await api.tell();
    const from = (await api.world.sql`select dc_now() as now`)[0]?.now as Date;
    await api.world.advance(1);
    const old = await api.endpoint(only);
    await api.happen(3);
    await api.tell();
    const fresh = await api.endpoint(only);

    for (const { id, receiver } of [old, fresh]) {
      const before = receiver.received.map((each) => each.id).sort();
      const answer = await api.post(path(id, '/replay'), { from: from.toISOString() });
      expect(answer).toMatchObject({ status: 202, body: { replaying: true } });
      expect((await api.post(path(id, '/replay'), { from: from.toISOString() })).status).toBe(409);
      await api.world.work();
      for (const delivery of await api.deliveries(id))
        expect(deliveryShape.parse(delivery)).toEqual(delivery);
      const after = receiver.received.map((each) => each.id).sort();
      expect(new Set(after).size).toBe(3);
      expect(after).toHaveLength(before.length + 3);
      expect((await api.get(path(id))).body).toMatchObject({ replaying: false });
      expect((await api.deliveries(id)).map(({ status }) => status)).toEqual(Array(3).fill('delivered'));
      await api.erase(path(id));
    }
  });

  test('of the newest only sends one event of each object', async () => {
    const from = (await api.world.sql`select dc_now() as now`)[0]?.now as Date;
    await api.world.advance(1);
    const [one = '', two = ''] = await api.happen(2);
    for (const name of ['A', 'B']) await api.patch(`/v1/customers/${one}`, { name });
    await api.tell();
    const { id, receiver } = await api.endpoint(['customer.created', 'customer.updated']);
    await api.post(path(id, '/replay'), { from: from.toISOString(), newest_only: true });
    await api.world.work();

    const told = receiver.received.map(({ event }) => [
      (event.data as { object: { id: string } }).object.id,
      event,
    ]);
    expect(told.map(([customer]) => customer).sort()).toEqual([one, two].sort());
    const newest = receiver.received.find(({ event }) => JSON.stringify(event).includes(one));
    expect(newest).toMatchObject({ event: { data: { object: { name: 'B' } } } });
    await api.erase(path(id));
  });

  test('of one event sends that one, and needs its key', async () => {
    const { id, receiver } = await api.endpoint(only);
    await api.happen(2);
    await api.tell();
    const [first] = receiver.received;
    expect((await api.post(path(id, '/replay'), { event: first?.id }, { key: null })).status).toBe(400);
    const key = randomUUID();
    for (let time = 0; time < 2; time += 1) {
      expect((await api.post(path(id, '/replay'), { event: first?.id }, { key })).status).toBe(202);
      await api.world.work();
    }
    expect(receiver.received.filter((each) => each.id === first?.id)).toHaveLength(2);
    expect((await api.post(path(id, '/replay'), { event: 'dce_aaaaaaaaaaaaaaaaaaaaaaaa' })).status).toBe(404);
    expect((await api.post(path(id, '/replay'), {})).status).toBe(400);
    await api.erase(path(id));
  });
});
