/** Adopted methods, their verbs, and the consent that everything rests on. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { randomId } from '../../../src/platform/ids.ts';
import { type ApiWorld, CONSENT, createApiWorld } from './api-world.ts';

let api: ApiWorld;

beforeAll(async () => {
  api = await createApiWorld({ timings: { stripeTimeoutMs: 1_000 } });
});
afterAll(() => api.close());

/** A customer that merchant and Stripe know, with a card saved at Stripe but not here. */
async function stranger() {
  const stripe = await api.world.sdk.customers.create({}, { idempotencyKey: `test:${randomUUID()}` });
  const attached = await api.world.sdk.paymentMethods.attach('pm_card_visa', { customer: stripe.id });
  const { body } = await api.post('/v1/customers', {
    email: 'robin@example.test',
    stripe_customer_id: stripe.id,
  });
  return { customer: body.id, method: attached.id };
}

const adoptionOf = (customer: string, method: string, consent: object = CONSENT) => ({
  customer,
  stripe_payment_method_id: method,
  consent,
});

describe('adoption', () => {
  test('takes a saved method on file, usable and the default', async () => {
    const { customer, method } = await stranger();
    const answer = await api.post('/v1/payment_methods', adoptionOf(customer, method));

    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({
      id: method,
      object: 'payment_method',
      customer,
      type: 'card',
      card: { brand: 'visa', last4: '4242' },
      default: true,
      status: 'usable',
      warnings: [],
    });
    const charge = { customer, amount: 500, currency: 'eur', description: 'Power' };
    expect((await api.post('/v1/charges', charge)).status).toBe(202);
  });

  test('shows a network’s verdict, and so do the charges that meet it', async () => {
    const { customer, method } = await stranger();
    await api.post('/v1/payment_methods', adoptionOf(customer, method));
    await api.world.simulator.control.script(method, ['stolen_card']);
    const charge = async () => {
      const body = { customer, amount: 500, currency: 'eur', description: 'Power' };
      const taken = await api.post('/v1/charges', body);
      await api.world.work();
      return { taken: taken.body, later: (await api.get(`/v1/charges/${taken.body.id}`)).body };
    };
    const first = await charge();
    const shown = await api.get(`/v1/payment_methods/${method}`);

    expect(first.taken.warnings).toEqual([]);
    expect(shown.body.closed).toEqual({
      reason: 'stolen_card',
      at: (first.later.attempts as { started_at: string }[])[0]?.started_at,
    });
    const { taken, later } = await charge();
    expect(taken.warnings).toEqual(['card_closed']);
    expect(later).toMatchObject({
      status: 'requires_action',
      attempts: [],
      recovery: { kind: 'replace', status: 'open' },
      last_error: { code: 'card_closed', decline_code: 'stolen_card', advice: 'replace' },
    });
    const retried = await api.post(`/v1/charges/${taken.id}/retry`);
    expect([retried.status, retried.body.detail]).toEqual([409, expect.stringContaining('closed the card')]);
  });

  test('is replayed under its key, which is needed', async () => {
    const { customer, method } = await stranger();
    const key = randomUUID();
    const first = await api.post('/v1/payment_methods', adoptionOf(customer, method), { key });
    const again = await api.post('/v1/payment_methods', adoptionOf(customer, method), { key });
    const other = await api.post('/v1/payment_methods', adoptionOf(customer, 'pm_other'), { key });
    const keyless = await api.post('/v1/payment_methods', adoptionOf(customer, method), { key: null });

    expect(first.status).toBe(201);
    expect(again).toMatchObject({ status: 201, body: { id: method } });
    expect(again.headers['idempotent-replayed']).toBe('true');
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency_mismatch' } });
    expect(keyless).toMatchObject({ status: 400, body: { code: 'idempotency_key_missing' } });
  });

  test('is refused for another’s method, an unknown one and an unknown customer', async () => {
    const one = await stranger();
    const other = await stranger();
    const before = await api.count('consents');
    const answers = [
      await api.post('/v1/payment_methods', adoptionOf(one.customer, other.method)),
      await api.post('/v1/payment_methods', adoptionOf(one.customer, 'pm_doesnotexist')),
      await api.post('/v1/payment_methods', adoptionOf(one.customer, 'x')),
      await api.post('/v1/payment_methods', adoptionOf(randomId('cst'), one.method)),
    ];

    expect(answers.map(({ status, body }) => `${status} ${body.code} ${body.errors[0]?.path}`)).toEqual([
      '422 payment_method_unusable stripe_payment_method_id',
      '422 payment_method_unusable stripe_payment_method_id',
      '404 not_found stripe_payment_method_id',
      '404 not_found customer',
    ]);
    expect(await api.count('consents')).toBe(before);
  });

  test('waits for Stripe’s word: without it nothing is written', async () => {
    const { customer, method } = await stranger();
    await api.world.simulator.control.faults({
      match: { method: 'GET', route: '/v1/payment_methods/:id' },
      action: 'hang_after',
      times: 1,
    });

    const answer = await api.post('/v1/payment_methods', adoptionOf(customer, method));

    expect(answer).toMatchObject({ status: 503, body: { code: 'unavailable' } });
    expect(answer.headers['retry-after']).toMatch(/^[1-4]$/);
    expect((await api.get(`/v1/payment_methods/${method}`)).status).toBe(404);
  });
});

describe('a method on file', () => {
  test('is detached here at once and at Stripe by a worker, and is nobody’s default any more', async () => {
    const saved = await api.world.customer('pm_card_visa');
    const path = `/v1/payment_methods/${saved.payment_method_id}`;
    const answer = await api.post(`${path}/detach`);
    await api.world.work();

    expect(answer).toMatchObject({ status: 200, body: { status: 'detached', default: false } });
    expect(api.offered).toContain(`payment_method ${saved.payment_method_id}`);
    expect((await api.world.sdk.paymentMethods.retrieve(saved.payment_method_id)).customer).toBeNull();
    expect((await api.get(`/v1/customers/${saved.customer_id}`)).body.default_payment_method).toBeNull();
    expect((await api.post(`${path}/detach`)).status).toBe(200);
    expect((await api.post(`${path}/accept`)).body.code).toBe('already_detached');
    expect((await api.post(`${path}/default`)).body.code).toBe('already_detached');
  });

  test('becomes the default when it is usable', async () => {
    const { customer, method } = await stranger();
    await api.post('/v1/payment_methods', adoptionOf(customer, method));
    await api.world.sql`update customers set default_payment_method_id = null where id = ${customer}`;

    const answer = await api.post(`/v1/payment_methods/${method}/default`);
    expect(answer).toMatchObject({ status: 200, body: { default: true } });
    await api.world.sql`update payment_methods set state = 'unusable' where id = ${method}`;
    expect(await api.post(`/v1/payment_methods/${method}/default`)).toMatchObject({
      status: 422,
      body: { code: 'payment_method_unusable' },
    });
  });

  test('of nobody is not found, by any verb', async () => {
    for (const id of ['pm_nobody', 'x', '%00']) {
      expect((await api.get(`/v1/payment_methods/${id}`)).status).toBe(404);
      for (const verb of ['accept', 'detach', 'default']) {
        expect((await api.post(`/v1/payment_methods/${id}/${verb}`)).status).toBe(404);
      }
    }
  });

  test('is listed by pages', async () => {
    const saved = await api.world.customer('pm_card_visa');
    const path = `/v1/customers/${saved.customer_id}/payment_methods`;
    await api.world.sql`
      insert into payment_methods (id, state, customer_id, type, usage)
      values ('pm_second', 'usable', ${saved.customer_id}, 'card', 'on_session')`;

    const first = await api.get(path, { query: { limit: '1' } });
    const second = await api.get(path, { query: { limit: '1', cursor: String(first.body.next_cursor) } });

    expect(first.body.data.map(({ id }) => id)).toEqual(['pm_second']);
    expect(second.body.data.map(({ id }) => id)).toEqual([saved.payment_method_id]);
    expect(second.body.next_cursor).toBeNull();
    expect((await api.get(`/v1/customers/${randomId('cst')}/payment_methods`)).status).toBe(404);
  });
});

describe('a revoked consent', () => {
  test('stops what was not confirmed, refuses what comes, and leaves what was paid', async () => {
    const saved = await api.world.customer('pm_card_visa');
    const body = { customer: saved.customer_id, amount: 500, currency: 'eur', description: 'Power' };
    const paid = (await api.post('/v1/charges', body)).body.id;
    await api.world.work();
    const waiting = (await api.post('/v1/charges', body)).body.id;
    const later = (await api.post('/v1/charges', { ...body, due_at: '2099-01-01T00:00:00Z' })).body.id;

    const answer = await api.post(`/v1/consents/${saved.consent_id}/revoke`);
    await api.world.work();

    expect(answer).toMatchObject({
      status: 200,
      body: { id: saved.consent_id, revoked_at: expect.any(String) },
    });
    expect((await api.get(`/v1/charges/${paid}`)).body.status).toBe('succeeded');
    for (const id of [waiting, later]) {
      expect((await api.get(`/v1/charges/${id}`)).body).toMatchObject({
        status: 'canceled',
        detail: 'consent_revoked',
      });
      expect(await api.world.ledger(id)).toEqual([]);
    }
    expect((await api.post('/v1/charges', body)).body.code).toBe('consent_missing');
    const again = await api.post(`/v1/consents/${saved.consent_id}/revoke`);
    expect(again.body.revoked_at).toBe(answer.body.revoked_at);
  });

  test('ends the recovery of a charge that waits for its customer', async () => {
    const saved = await api.world.customer('pm_card_authenticationRequired');
    const body = { customer: saved.customer_id, amount: 500, currency: 'eur', description: 'Power' };
    const { id } = (await api.post('/v1/charges', body)).body;
    await api.world.work();
    await api.post(`/v1/consents/${saved.consent_id}/revoke`);
    expect((await api.get(`/v1/charges/${id}`)).body).toMatchObject({
      status: 'processing',
      detail: 'closing',
      recovery: { status: 'revoked' },
    });
    await api.world.work();

    expect((await api.get(`/v1/charges/${id}`)).body).toMatchObject({
      status: 'canceled',
      recovery: { status: 'revoked' },
    });
    expect((await api.world.ledger(id)).map(({ status }) => status)).toEqual(['canceled']);
  });

  test('of nobody is not found', async () => {
    expect((await api.post(`/v1/consents/${randomId('cns')}/revoke`)).status).toBe(404);
    expect((await api.get('/v1/consents/x')).status).toBe(404);
  });
});
