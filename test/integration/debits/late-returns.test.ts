/** Debits by the API: what is refused when they are taken in, what is shown while they are on their way, and how they come back. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type ApiWorld, createApiWorld } from '../api/api-world.ts';
import { clearWeather } from '../charge/protocol-world.ts';
import { announced, debtor } from './debtors.ts';

let api: ApiWorld;

beforeAll(async () => {
  api = await createApiWorld();
});
afterEach(() => clearWeather(api.world));
afterAll(() => api.close());

const body = (customer: string, more: object = {}) => ({
  customer,
  amount: 2_500,
  currency: 'eur',
  description: 'October',
  ...more,
});

test('an amount above what the scheme takes, and a day that its banks do not know yet, are refused', async () => {
  const { customer_id } = await debtor(api.world, 'success');
  const told = async (more: object) => {
    const { status, body: answer } = await api.post('/v1/charges', body(customer_id, more));
    return `${status} ${answer.code} ${answer.errors?.[0]?.path}`;
  };
  expect(await told({ amount: 1_000_001 })).toBe('422 amount_too_large amount');
  expect(await told({ due_at: '2036-02-01T12:00:00Z' })).toBe('422 due_at_too_far due_at');
  expect((await api.post('/v1/charges', body(customer_id, { amount: 1_000_000 }))).status).toBe(202);
});

test('what Stripe grants the account besides is taken: at intake, in a change, and by another method', async () => {
  const { customer_id, payment_method_id } = await debtor(api.world, 'success');
  const { timings } = api.world.deps;
  Object.assign(timings, { debitLimits: { sepa_debit: 2_000_000 } });
  try {
    const { status, body: taken } = await api.post('/v1/charges', body(customer_id, { amount: 2_000_000 }));
    expect(status).toBe(202);
    expect((await api.post('/v1/charges', body(customer_id, { amount: 2_000_001 }))).status).toBe(422);
    const change = { payment_method: payment_method_id };
    expect((await api.post(`/v1/charges/${taken.id}/payment_method`, change)).status).toBe(200);
    expect((await api.patch(`/v1/charges/${taken.id}`, { amount: 1_500_000 })).status).toBe(200);
  } finally {
    Object.assign(timings, { debitLimits: {} });
  }
});

test('a debit that came back is returned, opens nothing, and is asked for again once', async () => {
  const { customer_id } = await debtor(api.world, 'disputed');
  const taken = await api.post('/v1/charges', body(customer_id, { reference: 'bill-1' }));
  const { id } = taken.body;
  const shown = async () => (await api.get(`/v1/charges/${id}`)).body;
  expect(await shown()).toMatchObject({ notice: null, expected_at: null });
  await announced(api.world, id);
  expect(await shown()).toMatchObject({
    detail: 'awaiting_notice',
    notice: { sent_by: 'us', amount: 2_500, due_at: expect.stringMatching(/T00:00:00.000Z$/) },
  });
  await api.world.work(['charge']);
  expect(await shown()).toMatchObject({
    detail: 'debit_pending',
    expected_at: expect.stringMatching(/T00:00/),
  });
  await api.world.advance(86_400);
  await expect
    .poll(async () => {
      await api.world.work();
      return shown();
    })
    .toMatchObject({ status: 'succeeded', detail: 'returned', recovery: null, disputes: [{}] });
  const again = () => api.post('/v1/charges', body(customer_id, { again_of: id }));
  expect(await again()).toMatchObject({ status: 202, body: { again_of: id, reference: 'bill-1' } });
  expect((await again()).status).toBe(409);
});

test('what Stripe is to announce is confirmed so early that its days pass there', async () => {
  const deps = {
    ...api.world.deps.timings,
    debitNotice: { sent_by: 'stripe' as const, days: { sepa_debit: 7 } },
  };
  Object.assign(api.world.deps, { timings: deps });
  const { customer_id } = await debtor(api.world, 'successDelayed');
  const { id } = (await api.post('/v1/charges', body(customer_id))).body;
  await api.world.work();
  const { notice, detail } = (await api.get(`/v1/charges/${id}`)).body as unknown as {
    notice: { sent_by: string; sent_at: string; due_at: string };
    detail: string;
  };
  expect([notice.sent_by, detail]).toEqual(['stripe', 'debit_pending']);
  expect(Date.parse(notice.due_at) - Date.parse(notice.sent_at)).toBeGreaterThan(6 * 86_400_000);
});
