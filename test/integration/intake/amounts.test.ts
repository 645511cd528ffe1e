/** Money per currency: what `POST /v1/charges` takes of each reaches Stripe as it was sent. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SavedCustomer } from '../../harness/world.ts';
import { type ApiWorld, bodyOf, CONSENT, createApiWorld } from '../api/api-world.ts';

let api: ApiWorld;
let saved: SavedCustomer;

beforeAll(async () => {
  api = await createApiWorld();
  saved = await api.world.customer('pm_card_visa');
});
afterAll(() => api.close());

describe('an amount that its currency allows is paid as it was asked for', () => {
  test.each([
    ['a million rupiah', 100_000_000, 'idr'],
    ['the most that can be asked of rupiah', 999_999_999_999, 'idr'],
    ['the most of a currency with eight digits', 99_999_999, 'usd'],
    ['whole krónur', 500, 'isk'],
    ['whole shillings', 50_000, 'ugx'],
    ['forints with fillérs, which a charge may have', 1_148_050, 'huf'],
    ['dollars of Taiwan with cents, which a charge may have', 33_350, 'twd'],
    ['dinars in steps of ten', 5_120, 'kwd'],
    ['ariary, which Stripe counts whole', 1_000, 'mga'],
    ['the dobra by the code that Stripe keeps', 1_000, 'std'],
  ])('%s', async (_what, amount, currency) => {
    const taken = await api.post('/v1/charges', bodyOf(saved, { amount, currency }));
    expect(taken.status).toBe(202);
    await api.world.work();
    expect((await api.get(`/v1/charges/${taken.body.id}`)).body).toMatchObject({
      status: 'succeeded',
      amount,
      currency,
    });
    expect(await api.world.ledger(taken.body.id)).toMatchObject([
      { amount, currency, amount_received: amount },
    ]);
  });
});

describe('an amount that its currency does not allow is refused, and says why', () => {
  test.each([
    [1_000_000_000_000, 'idr', 'amount_too_large', 'amount', 'is above 999999999999, the maximum of idr'],
    [100_000_000, 'usd', 'amount_too_large', 'amount', 'is above 99999999, the maximum of usd'],
    [1_499, 'czk', 'amount_too_small', 'amount', 'is below 1500, the minimum of czk'],
    [5_124, 'kwd', 'invalid_request', 'amount', 'must be a multiple of 10 in kwd'],
    [50_050, 'ugx', 'invalid_request', 'amount', 'must be a multiple of 100 in ugx'],
    [5_000, 'kpw', 'currency_unknown', 'currency', 'is not a currency that can be charged'],
    [5_000, 'ghs', 'currency_unknown', 'currency', 'is not a currency that can be charged'],
  ])('%i %s: %s', async (amount, currency, code, path, message) => {
    const before = await api.count('charges');
    const { status, body } = await api.post('/v1/charges', bodyOf(saved, { amount, currency }));
    expect([status, body.code, body.errors]).toEqual([
      code === 'invalid_request' ? 400 : 422,
      code,
      [{ path, message }],
    ]);
    expect(await api.count('charges')).toBe(before);
  });
});

test('a consent may allow rupiah to the same twelve digits', async () => {
  const max_amount = { amount: 999_999_999_999, currency: 'idr', per: 'month' };
  const { status, body } = await api.post('/v1/setups', {
    customer: saved.customer_id,
    return_url: 'https://shop.example/back',
    consent: { ...CONSENT, max_amount },
  });
  expect([status, (body.consent as { max_amount: unknown }).max_amount]).toEqual([202, max_amount]);
});
