/** A customer whom somebody deleted at Stripe, through the API: what is refused, and how they are bound anew. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApiWorld, createApiWorld } from './api-world.ts';

let api: ApiWorld;
beforeAll(async () => {
  api = await createApiWorld();
});
afterAll(() => api.close());

const key = (name: string) => ({ idempotencyKey: `test:${name}` });

async function deleted() {
  const { world } = api;
  const customer = await world.customer('pm_card_visa');
  await world.sdk.customers.del(customer.stripe_customer_id, {}, key(customer.customer_id));
  await expect
    .poll(async () => {
      await world.work();
      return (await api.get(`/v1/customers/${customer.customer_id}`)).body.stripe_customer_deleted;
    })
    .toBe(true);
  return customer;
}

const rebind = (id: string, stripe_customer_id: string | null) =>
  api.post(`/v1/customers/${id}/rebind`, { stripe_customer_id });

test('a charge and a setup of a deleted customer are refused, and say why', async () => {
  const { customer_id: customer } = await deleted();
  const charge = { customer, amount: 1_250, currency: 'eur', description: 'Power' };
  expect(await api.post('/v1/charges', charge)).toMatchObject({
    status: 422,
    body: { code: 'customer_deleted', errors: [{ path: 'customer' }] },
  });
});

describe('binding anew', () => {
  test('to a new customer: once for one key, with our mark, and a card can be saved and charged again', async () => {
    const { customer_id, stripe_customer_id } = await deleted();
    const answer = await rebind(customer_id, null);
    expect(answer).toMatchObject({ status: 200, body: { stripe_customer_deleted: false } });
    const other = answer.body.stripe_customer_id;
    expect(other).not.toBe(stripe_customer_id);
    expect(await api.world.sdk.customers.retrieve(String(other))).toMatchObject({
      metadata: { dc_customer: customer_id },
    });
    expect((await rebind(customer_id, null)).status).toBe(409);
    expect((await api.get(`/v1/customers/${customer_id}`)).body.stripe_customer_id).toBe(other);
  });

  test('to one that the merchant names, if it is there and nobody else’s', async () => {
    const { customer_id } = await deleted();
    const holder = await api.world.customer('pm_card_visa');
    expect(await rebind(customer_id, holder.stripe_customer_id)).toMatchObject({ status: 409 });
    expect(await rebind(customer_id, 'cus_nobody')).toMatchObject({ status: 404 });
    const { id } = await api.world.sdk.customers.create({}, key(`other:${customer_id}`));
    expect(await rebind(customer_id, id)).toMatchObject({ status: 200, body: { stripe_customer_id: id } });
  });

  test('is refused while the bound one is there, and sees a deletion that nobody told', async () => {
    const { world } = api;
    const customer = await world.customer('pm_card_visa');
    expect(await rebind(customer.customer_id, null)).toMatchObject({
      status: 409,
      body: { code: 'conflict' },
    });
    await world.simulator.control.webhooks({ paused: true });
    await world.sdk.customers.del(customer.stripe_customer_id, {}, key(customer.customer_id));
    expect(await rebind(customer.customer_id, null)).toMatchObject({ status: 200 });
    await world.simulator.control.webhooks({ paused: false });
    // The event of the deletion comes late, and is about a customer that is bound to nobody.
    await world.work();
    expect((await api.get(`/v1/customers/${customer.customer_id}`)).body.stripe_customer_deleted).toBe(false);
  });

  test('asks again where Stripe does not answer', async () => {
    const { customer_id } = await deleted();
    const away = { type: 'status', status: 503 } as const;
    const match = { route: '/v1/customers', method: 'POST' };
    await api.world.simulator.control.faults({ match, action: away, times: 1 });
    expect(await rebind(customer_id, null)).toMatchObject({ status: 503, body: { code: 'unavailable' } });
    expect(await rebind(customer_id, null)).toMatchObject({ status: 200 });
  });
});
