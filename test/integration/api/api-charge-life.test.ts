/** Lists, cancellation, waiting, resent links: what a merchant does with a charge that exists. */
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { randomId } from '../../../src/platform/ids.ts';
import type { SavedCustomer } from '../../harness/world.ts';
import { type ApiWorld, createApiWorld } from './api-world.ts';

let api: ApiWorld;
let saved: SavedCustomer;

beforeAll(async () => {
  api = await createApiWorld();
  saved = await api.world.customer('pm_card_visa');
});
afterAll(() => api.close());

async function newCharge(customer = saved, more: object = {}): Promise<string> {
  const { customer_id } = customer;
  const body = { customer: customer_id, amount: 1_250, currency: 'eur', description: 'Power', ...more };
  const answer = await api.post('/v1/charges', body);
  expect(answer.status).toBe(202);
  return answer.body.id;
}

describe('a list of charges', () => {
  test('is walked by its cursor, newest first, none twice and none left out', async () => {
    const other = await api.world.customer('pm_card_visa');
    const ids: string[] = [];
    for (let n = 0; n < 5; n += 1) ids.unshift(await newCharge(other));

    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const query: Record<string, string> = { customer: other.customer_id, limit: '2' };
      if (cursor !== null) query.cursor = cursor;
      const page = await api.get('/v1/charges', { query });
      expect(page.status).toBe(200);
      expect(page.body.data.length).toBeLessThanOrEqual(2);
      seen.push(...page.body.data.map(({ id }) => id));
      cursor = page.body.next_cursor;
    } while (cursor !== null);

    expect(seen).toEqual(ids);
  });

  test('is filtered by status', async () => {
    const other = await api.world.customer('pm_card_visa');
    const scheduled = await newCharge(other, { due_at: '2099-01-01T00:00:00Z' });
    const paid = await newCharge(other);
    await api.world.work();
    const waiting = await newCharge(other);
    const idsOf = async (status: string) => {
      const { body } = await api.get('/v1/charges', { query: { customer: other.customer_id, status } });
      return body.data.map(({ id }) => id);
    };

    expect(await idsOf('scheduled')).toEqual([scheduled]);
    expect(await idsOf('processing')).toEqual([waiting]);
    expect(await idsOf('succeeded')).toEqual([paid]);
    expect(await idsOf('requires_action')).toEqual([]);
    expect((await api.get('/v1/charges', { query: { run: 'run_1' } })).body).toEqual({
      data: [],
      next_cursor: null,
      has_more: false,
    });
  });

  test.each([
    ['limit', '0'],
    ['limit', '101'],
    ['limit', 'x'],
    ['status', 'paid'],
    ['cursor', 'x'],
    ['page', '2'],
    ['reference', 'a\0'],
    ['reference', ''],
    ['customer', 'a\0'],
    ['run', '\ud800'],
  ])('refuses %s=%s', async (name, value) => {
    const answer = await api.get('/v1/charges', { query: { [name]: value } });

    expect(answer).toMatchObject({
      status: 400,
      body: { code: 'invalid_request', errors: [{ path: name }] },
    });
  });
});

describe('a cancellation', () => {
  test('is accepted, told with proof, and refused once the charge is final', async () => {
    const id = await newCharge();

    const accepted = await api.post(`/v1/charges/${id}/cancel`);
    expect(accepted).toMatchObject({ status: 202, body: { id, status: 'processing', detail: 'closing' } });
    expect((await api.post(`/v1/charges/${id}/cancel`, {})).status).toBe(202);
    await api.world.work();

    expect((await api.get(`/v1/charges/${id}`)).body).toMatchObject({
      status: 'canceled',
      detail: null,
      attempts: [],
    });
    expect(await api.post(`/v1/charges/${id}/cancel`)).toMatchObject({
      status: 409,
      body: { code: 'already_canceled' },
    });
  });

  test('of a paid charge is refused by its status', async () => {
    const id = await newCharge();
    await api.world.work();

    expect(await api.post(`/v1/charges/${id}/cancel`)).toMatchObject({
      status: 409,
      body: { code: 'already_succeeded' },
    });
  });

  test('of a scheduled charge ends it without a word to Stripe', async () => {
    const id = await newCharge(saved, { due_at: '2099-01-01T00:00:00Z' });
    await api.post(`/v1/charges/${id}/cancel`);
    await api.world.work();

    expect((await api.get(`/v1/charges/${id}`)).body).toMatchObject({
      status: 'canceled',
      stripe_payment_intent_id: null,
    });
    expect(await api.world.ledger(id)).toEqual([]);
  });

  test('under an Idempotency-Key is replayed, also when the charge is final by then', async () => {
    const id = await newCharge();
    const key = randomUUID();
    await api.post(`/v1/charges/${id}/cancel`, undefined, { key });
    await api.world.work();
    const again = await api.post(`/v1/charges/${id}/cancel`, undefined, { key });
    const other = await api.post(`/v1/charges/${await newCharge()}/cancel`, undefined, { key });

    expect(again).toMatchObject({ status: 202, body: { status: 'canceled' } });
    expect(again.headers['idempotent-replayed']).toBe('true');
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency_mismatch' } });
  });
});

describe('waiting', () => {
  test('ends with the change, and is woken by it rather than by reading again and again', async () => {
    const id = await newCharge();
    const waited = api.get(`/v1/charges/${id}`, { query: { wait: '20' } });
    const isOver = new AbortController();
    const over = wait(20_000, 'the seconds are over', { signal: isOver.signal });
    await api.world.work();
    const answer = await Promise.race([waited, over]);
    isOver.abort();
    await over.catch(() => {});

    expect(answer).toMatchObject({ body: { id, status: 'succeeded' } });
  });

  test('that is over answers the state as it is', async () => {
    const id = await newCharge();
    const answer = await api.get(`/v1/charges/${id}`, { query: { wait: '1' } });

    expect(answer).toMatchObject({ status: 200, body: { status: 'processing' } });
  });

  test('of a hundred for one charge is ended by one change', async () => {
    const id = await newCharge();
    const waiting = Array.from({ length: 100 }, () =>
      api.get(`/v1/charges/${id}`, { query: { wait: '20' } }),
    );
    await api.world.work();

    const answers = await Promise.all(waiting);
    expect(new Set(answers.map(({ body }) => body.status))).toEqual(new Set(['succeeded']));
  });

  test('outlives the connection that listens', async () => {
    const id = await newCharge();
    const waited = api.get(`/v1/charges/${id}`, { query: { wait: '20' } });
    const killed = await api.world.sql`
      select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and application_name = 'duecourse-changes'`;
    expect(killed.length).toBeGreaterThan(0);
    await api.world.work();

    const { status, payment_method, paid_with } = (await waited).body;
    expect({ status, paid_with }).toEqual({ status: 'succeeded', paid_with: { payment_method } });
  });

  test('takes whole seconds from 0 to 20', async () => {
    const id = await newCharge();
    for (const wait of ['21', '-1', '1.5', '1e1', '0x1', '', ' 1', 'x']) {
      const answer = await api.get(`/v1/charges/${id}`, { query: { wait } });
      expect(answer).toMatchObject({ status: 400, body: { errors: [{ path: 'wait' }] } });
    }
    expect((await api.get(`/v1/charges/${id}?wait=1&wait=2`)).status).toBe(400);
    expect((await api.get(`/v1/charges/${id}`, { query: { wait: '0' } })).status).toBe(200);
  });
});

describe('a resent link', () => {
  let asked: SavedCustomer;
  beforeAll(async () => {
    asked = await api.world.customer('pm_card_authenticationRequired');
  });

  test('is shown to the operator, mailed, and kills the one before if it is to', async () => {
    const id = await newCharge(asked);
    await api.world.work();
    const anew = { revoke_earlier: true };
    const first = await api.post(`/v1/charges/${id}/recovery/resend`, anew);
    const second = await api.post(`/v1/charges/${id}/recovery/resend`, anew);
    const link = (answer: typeof first) => new URL((answer.body.recovery as { url: string }).url).pathname;

    expect(first).toMatchObject({
      status: 200,
      body: {
        recovery: {
          id: expect.stringMatching(/^rec_/),
          kind: 'authenticate',
          status: 'open',
          expires_at: expect.any(String),
          messages_sent: 0,
          url: expect.stringContaining('/r/v1.rec_'),
        },
      },
    });
    expect(link(second)).not.toBe(link(first));
    expect((await api.get(link(first), { token: null })).status).toBe(404);
    expect((await api.get(link(second), { token: null })).status).toBe(303);
    expect(api.offered.filter((offer) => offer.startsWith('message '))).toHaveLength(2);
  });

  test('under the same key is the same link', async () => {
    const id = await newCharge(asked);
    await api.world.work();
    const key = randomUUID();
    const answers = await Promise.all(
      Array.from({ length: 10 }, () =>
        api.post(`/v1/charges/${id}/recovery/resend`, { revoke_earlier: true }, { key }),
      ),
    );

    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map(({ body }) => (body.recovery as { url: string }).url)).size).toBe(1);
    expect(answers.filter(({ headers }) => headers['idempotent-replayed'] === undefined)).toHaveLength(1);
    const [row] = await api.world.sql`select link_version from recoveries where charge_id = ${id}`;
    expect(row?.link_version).toBe(2);
    const other = await api.post(`/v1/charges/${await newCharge()}/recovery/resend`, undefined, { key });
    expect(other.body.code).toBe('idempotency_mismatch');
  });

  test('needs a charge that waits for its customer, and a key', async () => {
    const id = await newCharge();
    expect(await api.post(`/v1/charges/${id}/recovery/resend`)).toMatchObject({
      status: 409,
      body: { code: 'conflict' },
    });
    await api.world.work();
    expect(await api.post(`/v1/charges/${id}/recovery/resend`)).toMatchObject({
      status: 409,
      body: { code: 'already_succeeded' },
    });
    expect((await api.post(`/v1/charges/${id}/recovery/resend`, undefined, { key: null })).body.code).toBe(
      'idempotency_key_missing',
    );
  });
});

test('unknown and malformed ids are not found alike', async () => {
  const unknown = randomId('chg');
  const bodies = new Set<string>();
  for (const id of [
    unknown,
    unknown.slice(0, -1),
    unknown.toUpperCase(),
    randomId('set'),
    'chg_%00',
    '1',
    '%2e%2e',
  ]) {
    for (const path of [`/v1/charges/${id}`, `/v1/charges/${id}/timeline`]) {
      const answer = await api.get(path);
      expect(answer.status).toBe(404);
      bodies.add(answer.text);
    }
    for (const verb of ['cancel', 'recovery/resend']) {
      const answer = await api.post(`/v1/charges/${id}/${verb}`);
      expect(answer.status).toBe(404);
      bodies.add(answer.text);
    }
  }
  expect(bodies.size).toBe(1);
});
