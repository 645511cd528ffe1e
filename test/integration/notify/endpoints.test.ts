/** Endpoints as merchants keep them: made, changed, disabled and enabled without a loss, rotated, replayed, deleted. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { webhookEndpointShape } from '../../contract/outside/outside-shapes.ts';
import { createNotifyWorld, type NotifyWorld } from './notify-world.ts';

let api: NotifyWorld;

beforeAll(async () => {
  api = await createNotifyWorld();
});
afterAll(() => api.close());

const DAY_S = 86_400;
const only = ['customer.created'];
const path = (id: string, verb = '') => `/v1/webhook_endpoints/${id}${verb}`;

describe('an endpoint', () => {
  test('shows its secret once, and keeps it sealed', async () => {
    const key = randomUUID();
    const body = { url: 'https://8.8.8.8/hooks', events: ['charge.*', 'setup.failed'], description: 'Books' };
    const made = await api.post('/v1/webhook_endpoints', body, { key });
    const again = await api.post('/v1/webhook_endpoints', body, { key });
    const { secret, ...shown } = made.body;

    expect(made.status).toBe(201);
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(again).toMatchObject({ status: 201, body: { ...shown, secret: null } });
    expect((await api.get(path(made.body.id))).body).toEqual(shown);
    expect(webhookEndpointShape.parse(shown)).toEqual(shown);
    expect(shown).toMatchObject({
      object: 'webhook_endpoint',
      status: 'enabled',
      disabled_reason: null,
      ...body,
    });
    const [row] = await api.world
      .sql`select to_jsonb(w)::text as text from webhook_endpoints w where id = ${made.body.id}`;
    const bytes = Buffer.from(String(secret).slice('whsec_'.length), 'base64');
    expect(row?.text).not.toContain(bytes.toString('base64').slice(0, 20));
    expect(row?.text).not.toContain(bytes.toString('base64url').slice(0, 20));
    expect(row?.text).not.toContain(bytes.toString('hex').slice(0, 20));
    await api.erase(path(made.body.id));
  });

  test.each([
    ['url', { url: 'https://10.0.0.1/', events: ['*'] }],
    ['url', { url: 'https://user:password@example.com/', events: ['*'] }],
    ['url', { url: 'ftp://example.com/', events: ['*'] }],
    ['events.0', { url: 'https://8.8.8.8/', events: ['charge.paid'] }],
    ['events.0', { url: 'https://8.8.8.8/', events: ['char*'] }],
    ['events', { url: 'https://8.8.8.8/', events: [] }],
  ])('is refused by its %s', async (field, body) => {
    const answer = await api.post('/v1/webhook_endpoints', body);
    expect(answer).toMatchObject({
      status: 400,
      body: { code: 'invalid_request', errors: [{ path: field }] },
    });
  });

  test('cannot be led inside by a change', async () => {
    const { id } = await api.endpoint(only);
    const answer = await api.patch(path(id), { url: 'http://169.254.169.254/latest' });
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ path: 'url' }] } });
    await api.erase(path(id));
  });

  test('that is deleted is gone, and what was owed to it is canceled', async () => {
    const { id, receiver } = await api.endpoint(only);
    await api.happen(3);
    await api.number();
    expect((await api.erase(path(id))).body).toEqual({ id, object: 'webhook_endpoint', deleted: true });
    await api.world.work();
    await api.pass(61);

    expect(receiver.received).toEqual([]);
    expect((await api.get(path(id))).status).toBe(404);
    expect((await api.erase(path(id))).status).toBe(404);
    const rows = await api.world.sql`
      select d.state, w.state as endpoint, w.secrets from webhook_deliveries d join webhook_endpoints w on w.id = d.endpoint_id
      where w.id = ${id}`;
    expect(rows.map(({ state, endpoint }) => `${state} ${endpoint}`)).toEqual(
      Array(3).fill('canceled deleted'),
    );
    expect(rows[0]?.secrets).toEqual([]);
  });
});

describe('a rotation', () => {
  test('signs with both secrets until the overlap is over', async () => {
    const { id, receiver, secret } = await api.endpoint(only);
    const { body } = await api.post(path(id, '/rotate_secret'), { overlap_hours: 2 });
    const fresh = String(body.secret);
    expect(fresh).not.toBe(secret);

    for (const known of [secret, fresh]) {
      receiver.trust(known);
      await api.happen();
      await api.tell();
    }
    expect(receiver.received).toHaveLength(2);
    expect(receiver.refused()).toBe(0);
    expect(receiver.received[0]?.headers['webhook-signature']?.split(' ')).toHaveLength(2);

    await api.world.sql`
      update webhook_endpoints set secrets = jsonb_set(secrets, '{1,until}', to_jsonb(now() - interval '1 second'))
      where id = ${id}`;
    receiver.trust(secret);
    await api.happen();
    await api.tell();
    expect(receiver.refused()).toBe(1);
    receiver.trust(fresh);
    await api.happen();
    await api.tell();
    expect(receiver.received).toHaveLength(3);
    await api.erase(path(id));
  });

  test('without an overlap ends the old secret at once, and repeated it changes nothing', async () => {
    const { id, receiver, secret } = await api.endpoint(only);
    const key = randomUUID();
    const turn = () => api.post(path(id, '/rotate_secret'), { overlap_hours: 0 }, { key });
    const fresh = String((await turn()).body.secret);
    expect((await turn()).body.secret).toBeNull();

    receiver.trust(secret);
    await api.happen();
    await api.tell();
    receiver.trust(fresh);
    await api.happen();
    await api.tell();
    expect([receiver.refused(), receiver.received.length]).toEqual([1, 1]);
    await api.erase(path(id));
  });
});

describe('while an endpoint is disabled', () => {
  test('what happens is kept for it, and arrives once it is enabled again', async () => {
    const { id, receiver } = await api.endpoint(only);
    await api.happen();
    await api.number();
    const disabled = await api.patch(path(id), { status: 'disabled' });
    expect(disabled.body).toMatchObject({ status: 'disabled', disabled_reason: 'merchant' });
    await api.happen(3);
    await api.tell();
    await api.pass(DAY_S);
    expect(receiver.received).toEqual([]);
    expect(await api.deliveries(id, { status: 'queued' })).toHaveLength(4);

    expect((await api.patch(path(id), { status: 'enabled' })).body).toMatchObject({ disabled_reason: null });
    await api.world.work();
    expect(new Set(receiver.received.map(({ id: event }) => event)).size).toBe(4);
    expect(receiver.received).toHaveLength(4);
    await api.erase(path(id));
  });

  test('also what was numbered by somebody who did not know that it is enabled', async () => {
    const { id, receiver } = await api.endpoint(only);
    await api.patch(path(id), { status: 'disabled' });
    await api.happen();
    await api.number();
    await api.world.sql`update webhook_deliveries set created_at = created_at where endpoint_id = ${id}`;
    await api.patch(path(id), { status: 'enabled' });
    await api.world.work(['webhook_endpoint']);
    await api.world.sql`update webhook_deliveries set due_at = null where endpoint_id = ${id}`;
    await api.world.work();
    expect(receiver.received).toEqual([]);
    await api.pass(61);
    expect(receiver.received).toHaveLength(1);
    await api.erase(path(id));
  });
});

describe('an endpoint is disabled by us', () => {
  const mails = () => api.inbox.messages().filter((mail) => mail.text.includes('webhook endpoint'));

  test('at once when it answers 410, and its operator hears of it once', async () => {
    const { id, receiver } = await api.endpoint(only);
    receiver.answerWith(410);
    await api.happen();
    await api.tell();

    expect((await api.get(path(id))).body).toMatchObject({ status: 'disabled', disabled_reason: 'gone' });
    await api.pass(DAY_S);
    expect(receiver.received).toHaveLength(1);
    expect(mails().filter((mail) => mail.text.includes(id))).toHaveLength(1);
    expect(mails()[0]?.to).toBe('operator@example.test');

    receiver.answerWith(204);
    await api.patch(path(id), { status: 'enabled' });
    await api.world.work();
    expect(receiver.received).toHaveLength(2);
    await api.erase(path(id));
  });

  test('after five days of nothing but failures, and not while one delivery arrives', async () => {
    const dead = await api.endpoint(only);
    const flaky = await api.endpoint(only);
    dead.receiver.answerWith(500);
    for (let day = 0; day < 6; day += 1) {
      flaky.receiver.answerWith(day === 3 ? 200 : 500);
      await api.happen();
      await api.tell();
      await api.pass(DAY_S);
    }

    expect((await api.get(path(dead.id))).body).toMatchObject({
      status: 'disabled',
      disabled_reason: 'failing',
    });
    expect((await api.get(path(flaky.id))).body).toMatchObject({ status: 'enabled' });
    expect(mails().filter((mail) => mail.text.includes(dead.id))).toHaveLength(1);
    await api.erase(path(dead.id));
    await api.erase(path(flaky.id));
  });

  test('and its operator is told when the mail server is back', async () => {
    const { id, receiver } = await api.endpoint(only);
    receiver.answerWith(410);
    api.inbox.refuse({ code: 451, at: 'content' });
    await api.happen();
    await api.tell();
    expect(mails().filter((mail) => mail.text.includes(id))).toEqual([]);
    api.inbox.refuse(null);
    await api.pass(3_600);
    expect(mails().filter((mail) => mail.text.includes(id))).toHaveLength(1);
    await api.erase(path(id));
  });
});
