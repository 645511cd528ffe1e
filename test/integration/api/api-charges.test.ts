/** `POST /v1/charges` and what can be read of a charge afterwards. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildApp } from '../../../src/api/app.ts';
import { randomId } from '../../../src/platform/ids.ts';
import type { Tables } from '../../../src/store/postgres/tables.ts';
import type { SavedCustomer } from '../../harness/world.ts';
import { type ApiWorld, allAtOnce, bodyOf, configOf, createApiWorld, NO_RULINGS } from './api-world.ts';

let api: ApiWorld;
let saved: SavedCustomer;

beforeAll(async () => {
  api = await createApiWorld();
  saved = await api.world.customer('pm_card_visa');
});
afterAll(() => api.close());

describe('a charge', () => {
  test('is taken in with the default method, committed before the answer, offered after it', async () => {
    const answer = await api.post('/v1/charges', bodyOf(saved, { metadata: { order: '1' } }));

    expect(answer.status).toBe(202);
    expect(answer.body).toEqual({
      ...NO_RULINGS,
      id: expect.stringMatching(/^chg_[a-z2-7]{24}$/),
      object: 'charge',
      customer: saved.customer_id,
      payment_method: saved.payment_method_id,
      follows_customer: true,
      amount: 1_250,
      currency: 'eur',
      description: 'Power in October',
      reference: null,
      due_at: null,
      status: 'processing',
      next_attempt_at: expect.stringMatching(/^\d{4}-.*Z$/),
      stripe_payment_intent_id: null,
      attempts: [],
      warnings: [],
      version: 1,
      metadata: { order: '1' },
      created_at: expect.any(String),
      settled_at: null,
    });
    expect(api.offered).toContain(`charge ${answer.body.id}`);
    expect((await api.get(`/v1/charges/${answer.body.id}`)).body).toEqual(answer.body);
  });

  test('is taken in without the query builder, whose lists it must never wait behind', async () => {
    const { world, changes, tokens } = api;
    const tables = new Proxy({} as Tables, {
      get: () => {
        throw new Error('the query builder was used');
      },
    });
    const config = configOf(world);
    const app = await buildApp({ ...world.deps, tables, config, changes, queueReady: async () => true });
    const ask = (method: 'GET' | 'POST') =>
      app.inject({
        method,
        url: '/v1/charges',
        headers: { authorization: `Bearer ${tokens.all}`, 'idempotency-key': randomUUID() },
        ...(method === 'POST' ? { payload: bodyOf(saved) } : {}),
      });

    expect((await ask('POST')).statusCode).toBe(202);
    expect((await ask('GET')).statusCode).toBe(500);
  });

  test('with a time to come is scheduled: not offered, due then', async () => {
    const due_at = new Date(Date.now() + 86_400_000).toISOString();

    const answer = await api.post('/v1/charges', bodyOf(saved, { due_at }));

    expect(answer.body).toMatchObject({ status: 'scheduled', due_at, next_attempt_at: due_at });
    expect(api.offered).not.toContain(`charge ${answer.body.id}`);
    expect(
      (await api.get('/v1/charges', { query: { status: 'scheduled' } })).body.data.map(({ id }) => id),
    ).toEqual([answer.body.id]);
  });

  test('with a time that is past is due now, and keeps the time it was asked for', async () => {
    const due_at = '2026-01-15T10:00:00.000Z';

    const answer = await api.post('/v1/charges', bodyOf(saved, { due_at }));

    expect(answer.body).toMatchObject({ status: 'processing', due_at });
    expect(api.offered).toContain(`charge ${answer.body.id}`);
  });

  test('on a method set up for use on session, under a consent for both, is accepted with a warning', async () => {
    const other = await api.world.customer('pm_card_visa');
    await api.world.sql`
      update payment_methods set usage = 'on_session' where id = ${other.payment_method_id}`;

    const answer = await api.post('/v1/charges', bodyOf(other));

    expect(answer.status).toBe(202);
    expect(answer.body.warnings).toEqual(['set_up_on_session']);
  });

  test('tells its attempts, PaymentIntent, settlement and timeline once it is paid', async () => {
    const { body } = await api.post('/v1/charges', bodyOf(saved));
    await api.world.work();

    const paid = await api.get(`/v1/charges/${body.id}`);
    expect(paid.body).toMatchObject({
      status: 'succeeded',
      detail: null,
      next_attempt_at: null,
      stripe_payment_intent_id: expect.stringMatching(/^pi_/),
      settled_at: expect.any(String),
      attempts: [
        {
          number: 1,
          kind: 'off_session',
          status: 'succeeded',
          payment_method: saved.payment_method_id,
          code: null,
          decline_code: null,
          advice_code: null,
          started_at: expect.any(String),
          ended_at: expect.any(String),
        },
      ],
    });
    const timeline = await api.get(`/v1/charges/${body.id}/timeline`);
    const steps = timeline.body.data.map(({ entity, from, to }) => `${entity}: ${from} -> ${to}`);
    expect(steps.at(0)).toBe('charge: null -> processing');
    expect(steps).toContain('attempt: open -> succeeded');
    expect(steps).toContain('charge: processing -> succeeded');
    expect(timeline.body.data[0]).toEqual({
      at: expect.any(String),
      entity: 'charge',
      from: null,
      to: 'processing',
      version: 1,
      cause: 'api',
      reference: expect.stringMatching(/^key_/),
      event: expect.stringMatching(/^dce_[a-z2-7]{24}$/),
      type: 'charge.created',
    });
  });

  test('that needs its customer says so, with the recovery and the error', async () => {
    const asked = await api.world.customer('pm_card_authenticationRequired');
    const { body } = await api.post('/v1/charges', bodyOf(asked));
    await api.world.work();

    expect((await api.get(`/v1/charges/${body.id}`)).body).toMatchObject({
      status: 'requires_action',
      recovery: {
        id: expect.stringMatching(/^rec_/),
        kind: 'authenticate',
        status: 'open',
        expires_at: expect.any(String),
        messages_sent: 0,
      },
      last_error: { code: 'authentication_required' },
    });
  });
});

describe('an Idempotency-Key', () => {
  test('used again with the same body, however spelt, answers the object as it is now', async () => {
    const key = randomUUID();
    const first = await api.post('/v1/charges', bodyOf(saved, { metadata: { a: '1', b: '2' } }), { key });
    await api.world.work();
    const respelt = JSON.stringify({ metadata: { b: '2', a: '1' }, ...bodyOf(saved) }, null, 1);

    const again = await api.post('/v1/charges', respelt, { key });

    expect(first.headers['idempotent-replayed']).toBeUndefined();
    expect(again.status).toBe(202);
    expect(again.headers['idempotent-replayed']).toBe('true');
    expect(again.body).toMatchObject({ id: first.body.id, status: 'succeeded' });
  });

  test('used again with another body is refused, and nothing changes', async () => {
    const key = randomUUID();
    await api.post('/v1/charges', bodyOf(saved), { key });
    const before = await api.count('charges');

    const other = await api.post('/v1/charges', bodyOf(saved, { amount: 1_251 }), { key });

    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency_mismatch' } });
    expect(await api.count('charges')).toBe(before);
  });

  test('is needed, and must be printable', async () => {
    const missing = await api.post('/v1/charges', bodyOf(saved), { key: null });
    expect(missing).toMatchObject({ status: 400, body: { code: 'idempotency_key_missing' } });

    for (const key of ['x'.repeat(256), 'a\tb', 'caf\u00e9', ' x ']) {
      const malformed = await api.post('/v1/charges', bodyOf(saved), { key });
      expect([400, 202]).toContain(malformed.status);
      if (malformed.status === 400) expect(malformed.body.errors[0]?.path).toBe('Idempotency-Key');
    }
  });

  test('makes one row of fifty requests at once', async () => {
    const key = randomUUID();
    const before = await api.count('charges');

    const answers = await allAtOnce(api.world, 50, () => api.post('/v1/charges', bodyOf(saved), { key }));

    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect(answers.filter(({ headers }) => headers['idempotent-replayed'] === undefined)).toHaveLength(1);
    expect(await api.count('charges')).toBe(before + 1);
  });

  test('brings a row that was lost back under the same id', async () => {
    const key = randomUUID();
    const first = await api.post('/v1/charges', bodyOf(saved), { key });
    await api.world.sql`alter table charges disable trigger charges_no_delete`;
    await api.world.sql`delete from charges where id = ${first.body.id}`;
    await api.world.sql`delete from idempotency_keys where entity_id = ${first.body.id}`;
    await api.world.sql`alter table charges enable trigger charges_no_delete`;

    const again = await api.post('/v1/charges', bodyOf(saved), { key });

    expect(again.headers['idempotent-replayed']).toBeUndefined();
    expect(again.body.id).toBe(first.body.id);
  });
});

describe('a reference', () => {
  test('belongs to one charge, whose id the refusal tells', async () => {
    const reference = `usage-2026-10-${randomUUID()}`;
    const first = await api.post('/v1/charges', bodyOf(saved, { reference }));
    const second = await api.post('/v1/charges', bodyOf(saved, { reference }));

    expect(second).toMatchObject({ status: 409, body: { code: 'reference_taken', existing: first.body.id } });
    const found = await api.get('/v1/charges', { query: { reference } });
    expect(found.body.data.map(({ id }) => id)).toEqual([first.body.id]);
  });

  test('of twenty charges at once goes to one', async () => {
    const reference = randomUUID();
    const answers = await allAtOnce(api.world, 20, () =>
      api.post('/v1/charges', bodyOf(saved, { reference })),
    );

    expect(answers.filter(({ status }) => status === 202)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(19);
  });

  test('is inherited by the one charge made again of a closed one', async () => {
    const declined = await api.world.customer('pm_card_visa', ['lost_card']);
    const reference = randomUUID();
    const first = await api.post('/v1/charges', bodyOf(declined, { reference }));
    const early = await api.post('/v1/charges', bodyOf(declined, { again_of: first.body.id }));
    expect(early).toMatchObject({ status: 409, body: { code: 'conflict' } });
    await api.post(`/v1/charges/${first.body.id}/cancel`);
    await api.world.work();
    expect((await api.get(`/v1/charges/${first.body.id}`)).body.status).toBe('canceled');

    const taken = await api.post('/v1/charges', bodyOf(declined, { reference }));
    const stranger = await api.post('/v1/charges', bodyOf(saved, { again_of: first.body.id }));
    const renamed = await api.post(
      '/v1/charges',
      bodyOf(declined, { again_of: first.body.id, reference: 'x' }),
    );
    const again = await api.post('/v1/charges', bodyOf(declined, { again_of: first.body.id }));
    const twice = await api.post('/v1/charges', bodyOf(declined, { again_of: first.body.id }));
    const unknown = await api.post('/v1/charges', bodyOf(declined, { again_of: randomId('chg') }));

    expect(taken).toMatchObject({ status: 409, body: { code: 'reference_taken', existing: first.body.id } });
    expect(stranger).toMatchObject({ status: 409, body: { code: 'conflict' } });
    expect(renamed).toMatchObject({ status: 409, body: { code: 'conflict' } });
    expect(again).toMatchObject({ status: 202, body: { reference, again_of: first.body.id } });
    expect(twice).toMatchObject({ status: 409, body: { code: 'conflict', existing: again.body.id } });
    expect(unknown).toMatchObject({ status: 404, body: { errors: [{ path: 'again_of' }] } });
  });
});

describe('a one-time consent', () => {
  test('covers one charge, and the one made again of it', async () => {
    const once = await api.world.customer('pm_card_visa');
    await api.world.sql`update consents set frequency = 'one_time' where id = ${once.consent_id}`;
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => api.post('/v1/charges', bodyOf(once))),
    );
    const first = answers.find(({ status }) => status === 202);
    const others = answers.filter(({ status }) => status === 422);

    expect(others).toHaveLength(9);
    expect(others[0]?.body).toMatchObject({ code: 'consent_used', existing: first?.body.id });
    await api.post(`/v1/charges/${first?.body.id}/cancel`);
    await api.world.work();
    expect((await api.post('/v1/charges', bodyOf(once))).body.code).toBe('consent_used');
    const again = await api.post('/v1/charges', bodyOf(once, { again_of: first?.body.id }));
    expect(again.status).toBe(202);
  });
});
