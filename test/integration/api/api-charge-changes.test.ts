/** What a merchant changes about a charge that waits: when it is tried, with which method, and under which consent. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SavedCustomer } from '../../harness/world.ts';
import { attemptStates } from '../charge/protocol-world.ts';
import { anotherCard, cardOf, choose, usedBy } from '../methods/following-world.ts';
import { type ApiWorld, bodyOf, createApiWorld } from './api-world.ts';

let api: ApiWorld;

beforeAll(async () => {
  api = await createApiWorld();
});
afterAll(() => api.close());

/** A charge that was declined for now. */
async function declined(more: object = {}): Promise<{ customer: SavedCustomer; id: string }> {
  const customer = await api.world.customer('pm_card_visa', ['insufficient_funds', 'succeed']);
  const { id } = (await api.post('/v1/charges', bodyOf(customer, more))).body;
  await api.world.work();
  return { customer, id };
}

const stateOf = async (id: string) => (await api.world.read(id)).charge.state;

describe('retry', () => {
  test('tries a charge that waits now, once for one key', async () => {
    const { id } = await declined();
    const key = randomUUID();
    const first = await api.post(`/v1/charges/${id}/retry`, undefined, { key });
    expect([first.status, first.body.detail]).toEqual([202, 'retry_scheduled']);
    expect(api.offered).toContain(`charge ${id}`);
    await api.world.work();
    const again = await api.post(`/v1/charges/${id}/retry`, undefined, { key });
    expect([again.status, again.body.status]).toEqual([202, 'succeeded']);
    expect(await attemptStates(api.world, id)).toEqual(['declined', 'succeeded']);
  });

  test('needs a key', async () => {
    const { id } = await declined();
    const answer = await api.post(`/v1/charges/${id}/retry`, undefined, { key: null });
    expect([answer.status, answer.body.code]).toEqual([400, 'idempotency_key_missing']);
  });

  test('says why no automatic try may follow', async () => {
    const paid = await declined();
    await api.post(`/v1/charges/${paid.id}/retry`);
    await api.world.work();
    const dead = await api.world.customer('pm_card_visa', ['expired_card']);
    const asked = (await api.post('/v1/charges', bodyOf(dead))).body.id;
    const closing = (await declined()).id;
    await api.world.work();
    await api.post(`/v1/charges/${closing}/cancel`);
    const fresh = (await api.post('/v1/charges', bodyOf(paid.customer, { due_at: '2099-01-01T00:00:00Z' })))
      .body.id;
    const answers = await Promise.all(
      [paid.id, asked, closing, fresh, 'chg_unknown'].map((id) => api.post(`/v1/charges/${id}/retry`)),
    );
    expect(answers.map(({ status, body }) => [status, body.code, body.detail ?? null])).toEqual([
      [409, 'already_succeeded', null],
      [409, 'conflict', 'It waits for its customer'],
      [409, 'conflict', 'Its end was asked for'],
      [409, 'conflict', 'It has not been tried yet'],
      [404, 'not_found', null],
    ]);
    expect(await attemptStates(api.world, asked)).toEqual(['declined']);
  });
});

describe('another payment method', () => {
  test('is kept from then on, whatever becomes the default', async () => {
    const { customer, id } = await declined();
    const card = await anotherCard(api.world, customer);
    const answer = await api.post(`/v1/charges/${id}/payment_method`, {
      payment_method: card.payment_method_id,
    });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ payment_method: card.payment_method_id, follows_customer: false });
    await api.post(`/v1/charges/${id}/retry`);
    await api.world.work();
    expect(await usedBy(api.world, id)).toEqual([cardOf(customer), card]);
    const { body } = await api.get(`/v1/charges/${id}`);
    expect(body.attempts).toMatchObject([{ consent: customer.consent_id }, { consent: card.consent_id }]);
  });

  test('is refused as when a charge is taken in, and for a charge that has ended', async () => {
    const { customer, id } = await declined();
    const other = await api.world.customer('pm_card_visa');
    const revoked = await anotherCard(api.world, customer);
    await api.post(`/v1/consents/${revoked.consent_id}/revoke`);
    const used = await anotherCard(api.world, customer, 'pm_card_mastercard', { frequency: 'one_time' });
    await api.post('/v1/charges', bodyOf(customer, { payment_method: used.payment_method_id }));
    const to = (payment_method: string) => api.post(`/v1/charges/${id}/payment_method`, { payment_method });
    const answers = [
      await to('pm_unknown1'),
      await to(other.payment_method_id),
      await to(revoked.payment_method_id),
      await to(used.payment_method_id),
    ];
    expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
      [404, 'not_found'],
      [422, 'payment_method_unusable'],
      [422, 'consent_missing'],
      [422, 'consent_used'],
    ]);
    await api.post(`/v1/charges/${id}/cancel`);
    expect((await to(customer.payment_method_id)).body.code).toBe('conflict');
    await api.world.work();
    expect((await to(customer.payment_method_id)).body.code).toBe('already_canceled');
  });
});

describe('a revocation with move', () => {
  const revoke = (consent: string, move: boolean) => api.post(`/v1/consents/${consent}/revoke`, { move });

  test('takes what follows its customer to a card of theirs that may be charged, and tries it there', async () => {
    const { customer, id } = await declined();
    const card = await anotherCard(api.world, customer);
    const answer = await revoke(customer.consent_id, true);
    expect(answer.status).toBe(200);
    await api.world.work();
    expect(await stateOf(id)).toBe('succeeded');
    expect(await usedBy(api.world, id)).toEqual([cardOf(customer), card]);
    const { body } = await api.get(`/v1/customers/${customer.customer_id}`);
    expect(body.default_payment_method).toBe(card.payment_method_id);
  });

  test('closes what names its card, and everything when there is no other', async () => {
    const { customer, id } = await declined();
    const named = await api.post(
      '/v1/charges',
      bodyOf(customer, { payment_method: customer.payment_method_id, due_at: '2099-01-01T00:00:00Z' }),
    );
    await anotherCard(api.world, customer, 'pm_card_mastercard', { frequency: 'one_time' });
    await revoke(customer.consent_id, true);
    await api.world.work();
    expect([await stateOf(id), await stateOf(named.body.id)]).toEqual(['canceled', 'canceled']);
  });

  test('closes what the other consent does not cover', async () => {
    const { customer, id } = await declined();
    const second = (await api.post('/v1/charges', bodyOf(customer, { due_at: '2099-01-01T00:00:00Z' }))).body
      .id;
    await anotherCard(api.world, customer, 'pm_card_mastercard', { max_charges: 1 });
    await revoke(customer.consent_id, true);
    await api.world.work();
    expect([await stateOf(id), await stateOf(second)].filter((state) => state === 'canceled')).toHaveLength(
      1,
    );
  });

  test('does not send an attempt again that was let go under the revoked consent', async () => {
    const customer = await api.world.customer('pm_card_visa');
    const { id } = (await api.post('/v1/charges', bodyOf(customer))).body;
    const route = '/v1/payment_intents/:id/confirm';
    await api.world.simulator.control.faults({ match: { route }, action: 'rate_limit', times: 1 });
    await api.world.work(['charge']);
    expect(await attemptStates(api.world, id)).toEqual(['open']);
    const card = await anotherCard(api.world, customer);
    await revoke(customer.consent_id, true);
    for (const seconds of [10, 601, 70, 10, 10]) {
      await api.world.advance(seconds);
      await api.world.work();
    }
    expect(await attemptStates(api.world, id)).toEqual(['lost', 'succeeded']);
    expect((await usedBy(api.world, id)).at(-1)).toEqual(card);
  });

  test('is an ordinary one without it', async () => {
    const { customer, id } = await declined();
    await choose(api.world, await anotherCard(api.world, customer));
    await api.post(`/v1/consents/${customer.consent_id}/revoke`);
    await api.world.work();
    expect(await stateOf(id)).toBe('canceled');
  });
});

test('a charge takes its labels and its reference to Stripe, beside the marks', async () => {
  const labels = { metadata: { order: '7', dc_instance: 'elsewhere' }, reference: 'INV-7' };
  const { body } = await api.post('/v1/charges', bodyOf(await api.world.customer('pm_card_visa'), labels));
  await api.world.work();
  const [intent] = await api.world.ledger(body.id);
  expect(intent?.metadata).toMatchObject({ order: '7', reference: 'INV-7', dc_charge: body.id });
  expect(intent?.metadata.dc_instance).toBe(api.world.deps.instance.id);
});
