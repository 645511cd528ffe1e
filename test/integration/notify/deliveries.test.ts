/** What merchants are told arrives: signed as the specification's own library verifies it, again and again until it is there. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createNotifyWorld, type NotifyWorld } from './notify-world.ts';

let api: NotifyWorld;

beforeAll(async () => {
  api = await createNotifyWorld();
});
afterAll(() => api.close());

const HOUR_S = 3_600;

test('an event arrives signed, as the feed shows it', async () => {
  const { receiver, id } = await api.endpoint(['customer.created']);
  const [customer] = await api.happen();
  await api.tell();

  const [got] = receiver.received;
  expect(receiver.received).toHaveLength(1);
  expect(receiver.refused()).toBe(0);
  const feed = await api.get('/v1/events', { query: { object: String(customer) } });
  expect(got?.event).toEqual(feed.body.data[0]);
  expect(got).toMatchObject({ id: got?.event.id, type: 'customer.created' });
  expect(got?.headers['content-type']).toBe('application/json');
  const [delivery] = await api.deliveries(id);
  expect(delivery).toMatchObject({
    status: 'delivered',
    event: got?.id,
    attempts: [{ number: 1, status: 204, code: null }],
    next_attempt_at: null,
  });
});

test('each endpoint gets what its filter wants, and one event once', async () => {
  const all = await api.endpoint(['*']);
  const charges = await api.endpoint(['charge.*', 'payment_method.attached']);
  const customer = await api.world.customer('pm_card_visa');
  await api.world.charge(customer);
  await api.world.work();
  await api.tell();
  await api.tell();

  const types = charges.receiver.received.map(({ type }) => type).sort();
  expect(types).toEqual(['charge.created', 'charge.succeeded', 'payment_method.attached']);
  const ids = all.receiver.received.map(({ id }) => id);
  expect(ids.length).toBeGreaterThan(types.length);
  expect(new Set(ids).size).toBe(ids.length);
});

test('what fails is tried again on the schedule, ten times in all, and can then be sent by hand', async () => {
  const { receiver, id } = await api.endpoint(['customer.created']);
  receiver.answerWith(500, {}, 'not \u0007 now');
  await api.happen();
  await api.tell();
  const waits = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];
  for (const [place, wait_s] of waits.entries()) {
    expect(receiver.received).toHaveLength(place + 1);
    await api.pass(Math.floor(wait_s * 0.99));
    expect(receiver.received).toHaveLength(place + 1);
    await api.pass(Math.ceil(wait_s * 0.12) + 1);
  }
  expect(new Set(receiver.received.map((each) => each.id)).size).toBe(1);
  const [failed] = await api.deliveries(id, { status: 'failed' });
  expect(failed).toMatchObject({ status: 'failed', next_attempt_at: null });
  const attempts = failed?.attempts as readonly object[];
  expect(attempts).toHaveLength(10);
  expect(attempts[0]).toMatchObject({ number: 10, status: 500, code: 'http_500', answer: 'not   now' });

  receiver.answerWith(200);
  expect((await api.post(`/v1/deliveries/${failed?.id}/redeliver`)).status).toBe(202);
  await api.world.work();
  expect(receiver.received).toHaveLength(11);
  expect(await api.deliveries(id)).toMatchObject([{ id: failed?.id, status: 'delivered' }]);
});

test('a redirect is no delivery, and is not followed', async () => {
  const target = await api.endpoint(['setup.created']);
  const { receiver, id } = await api.endpoint(['customer.created']);
  receiver.answerWith(307, { location: target.receiver.url });
  await api.happen();
  await api.tell();

  expect(target.receiver.sockets()).toBe(0);
  expect((await api.deliveries(id))[0]).toMatchObject({ status: 'queued', attempts: [{ code: 'http_307' }] });
  await api.erase(`/v1/webhook_endpoints/${id}`);
});

test('a receiver that asks to be left alone is, for a day at most', async () => {
  const { receiver, id } = await api.endpoint(['customer.created']);
  receiver.answerWith(429, { 'retry-after': '3600' });
  await api.happen();
  await api.tell();
  await api.pass(HOUR_S - 60);
  expect(receiver.received).toHaveLength(1);
  receiver.answerWith(503, { 'retry-after': '999999999' });
  await api.pass(60);
  expect(receiver.received).toHaveLength(2);
  receiver.answerWith(204);
  await api.pass(24 * HOUR_S - 60);
  expect(receiver.received).toHaveLength(2);
  await api.pass(60);
  expect(receiver.received).toHaveLength(3);
  expect((await api.deliveries(id))[0]).toMatchObject({ status: 'delivered' });
});

test('an answer whose body never ends is an answer', async () => {
  const { receiver, id } = await api.endpoint(['customer.created']);
  receiver.answer((_request, response) => void response.writeHead(200).write('thanks'));
  await api.happen();
  await api.tell();

  expect((await api.deliveries(id))[0]).toMatchObject({
    status: 'delivered',
    attempts: [{ status: 200, answer: 'thanks' }],
  });
});

test('the log keeps the first kilobyte of an answer, cleaned', async () => {
  const { receiver, id } = await api.endpoint(['customer.created']);
  receiver.answerWith(200, {}, `\u202e<b>\u0000${'x'.repeat(5_000)}`);
  await api.happen();
  await api.tell();

  const [delivery] = await api.deliveries(id);
  const [{ answer }] = (delivery ?? { attempts: [] }).attempts as [{ answer: string }];
  expect(answer.startsWith('<b> x')).toBe(true);
  expect(answer.length).toBeLessThanOrEqual(1_024);
});
