/** `GET /v1/charges`: by when they were made, and by what Stripe calls them. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiWorld, bodyOf, createApiWorld } from './api-world.ts';

let api: ApiWorld;
/** Three charges, a minute apart, the oldest first. */
let charges: { id: string; created_at: string }[];

beforeAll(async () => {
  api = await createApiWorld();
  const saved = await api.world.customer('pm_card_visa');
  charges = [];
  for (let made = 0; made < 3; made += 1) {
    const { body } = await api.post('/v1/charges', bodyOf(saved));
    charges.push({ id: String(body.id), created_at: String(body.created_at) });
    await api.world.advance(60);
  }
  await api.world.work();
});

afterAll(() => api.close());

async function listed(query: Record<string, string>): Promise<number[]> {
  const { status, body } = await api.get(`/v1/charges?${new URLSearchParams(query)}`);
  expect(status).toBe(200);
  return (body.data as readonly { id: string }[]).map(({ id }) =>
    charges.findIndex((charge) => charge.id === id),
  );
}

test('lists what was made after a moment, before another, and between both, never at the moment itself', async () => {
  const at = (number: number): string => charges[number]?.created_at ?? '';

  expect(await listed({ created_after: at(0) })).toEqual([2, 1]);
  expect(await listed({ created_before: at(2) })).toEqual([1, 0]);
  expect(await listed({ created_after: at(0), created_before: at(2) })).toEqual([1]);
  expect(await listed({ created_after: at(2) })).toEqual([]);
  expect(await listed({ created_after: at(0).replace('Z', '+00:00') })).toEqual([2, 1]);
});

test('finds the charge of a PaymentIntent, and none for one that is not ours', async () => {
  const { body } = await api.get(`/v1/charges/${charges[1]?.id}`);

  expect(await listed({ stripe_payment_intent_id: String(body.stripe_payment_intent_id) })).toEqual([1]);
  expect(await listed({ stripe_payment_intent_id: 'pi_of_somebody_else' })).toEqual([]);
});

test.each(['created_after', 'created_before'])('names %s when it is no moment', async (field) => {
  const { status, body } = await api.get(`/v1/charges?${field}=yesterday`);

  expect([status, body.errors]).toMatchObject([400, [{ path: field }]]);
});
