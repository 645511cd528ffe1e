/** What `POST /v1/charges` does not take, and what it says then. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { randomId } from '../../../src/platform/ids.ts';
import type { SavedCustomer } from '../../harness/world.ts';
import { type ApiWorld, bodyOf, createApiWorld } from '../api/api-world.ts';

let api: ApiWorld;
let saved: SavedCustomer;

beforeAll(async () => {
  api = await createApiWorld();
  saved = await api.world.customer('pm_card_visa');
});
afterAll(() => api.close());

describe('a charge is refused', () => {
  const refused = async (body: unknown) => {
    const before = await api.count('charges');
    const answer = await api.post('/v1/charges', body);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(answer.body).toMatchObject({
      status: answer.status,
      type: expect.any(String),
      title: expect.any(String),
    });
    expect(await api.count('charges')).toBe(before);
    return `${answer.status} ${answer.body.code} ${(answer.body.errors ?? []).map(({ path }) => path)}`;
  };

  test.each([
    ['no customer', { customer: undefined }, '400 invalid_request customer'],
    ['an unknown customer', { customer: randomId('cst') }, '404 not_found customer'],
    ['a malformed customer', { customer: 'cst_1' }, '404 not_found customer'],
    ['a customer that no database can hold', { customer: 'cst_\0' }, '404 not_found customer'],
    ['an unknown method', { payment_method: 'pm_nobody' }, '404 not_found payment_method'],
    ['a field of nobody', { state: 'succeeded' }, '400 invalid_request state'],
    ['an amount as text', { amount: '100' }, '400 invalid_request amount'],
    ['an amount with a fraction', { amount: 10.5 }, '400 invalid_request amount'],
    ['no amount', { amount: null }, '400 invalid_request amount'],
    ['an amount of nothing', { amount: 0 }, '422 amount_too_small amount'],
    ['an amount below nothing', { amount: -5 }, '422 amount_too_small amount'],
    ['an amount below the minimum', { amount: 49 }, '422 amount_too_small amount'],
    ['an amount above the maximum', { amount: 100_000_000 }, '422 amount_too_large amount'],
    ['a currency of nobody', { currency: 'xxx' }, '422 currency_unknown currency'],
    ['a currency in capitals', { currency: 'EUR' }, '400 invalid_request currency'],
    ['krónur with aurar', { amount: 12_345, currency: 'isk' }, '400 invalid_request amount'],
    ['a time that is none', { due_at: '2026-02-30T00:00:00Z' }, '400 invalid_request due_at'],
    ['a time before ours', { due_at: '0000-01-01T00:00:00Z' }, '400 invalid_request due_at'],
    ['a card number', { description: 'card 4242 4242 4242 4242' }, '400 invalid_request description'],
    ['a text of nothing that can be seen', { description: ' \r\n\u202e' }, '400 invalid_request description'],
    [
      'a label whose name is half a character',
      { metadata: { '\ud800': 'a' } },
      '400 invalid_request metadata',
    ],
  ])('for %s', async (_what, more, expected) => {
    expect(await refused(bodyOf(saved, more))).toBe(expected);
  });

  test.each([
    ['1e2', '"amount": 1e2'],
    ['100.0', '"amount": 100.0'],
    ['2^53 + 1', '"amount": 9007199254740993'],
    ['1e400', '"amount": 1e400'],
    ['NaN', '"amount": NaN'],
  ])('for a number written as %s', async (_what, amount) => {
    const text = JSON.stringify(bodyOf(saved)).replace('"amount":1250', amount);
    expect(await refused(text)).toMatch(/^400 invalid_request (amount|\(body\))$/);
  });

  test('naming every field that is wrong', async () => {
    expect(await refused({ amount: 'x', currency: 'x', description: '', metadata: [] })).toBe(
      '400 invalid_request customer,amount,currency,description,metadata',
    );
  });

  test('without a method, and on one that cannot be charged', async () => {
    const bare = (await api.post('/v1/customers', { email: 'bare@example.test' })).body;
    expect(await refused({ ...bodyOf(saved), customer: bare.id })).toBe(
      '422 no_payment_method payment_method',
    );

    const other = await api.world.customer('pm_card_visa');
    expect(await refused(bodyOf(other, { payment_method: saved.payment_method_id }))).toBe(
      '422 payment_method_unusable payment_method',
    );
    await api.post(`/v1/payment_methods/${other.payment_method_id}/detach`);
    expect(await refused(bodyOf(other, { payment_method: other.payment_method_id }))).toBe(
      '422 payment_method_unusable payment_method',
    );
    expect(await refused(bodyOf(other))).toBe('422 no_payment_method payment_method');
  });

  test('without a live consent to be charged while away', async () => {
    const other = await api.world.customer('pm_card_visa');
    const { sql } = api.world;
    await sql`update consents set scope = 'on_session' where id = ${other.consent_id}`;
    expect(await refused(bodyOf(other))).toBe('422 consent_missing payment_method');
    await sql`update consents set scope = 'off_session', collect = true, accepted_at = null
              where id = ${other.consent_id}`;
    expect(await refused(bodyOf(other))).toBe('422 consent_missing payment_method');
    await sql`update consents set accepted_at = dc_now(), revoked_at = dc_now() where id = ${other.consent_id}`;
    expect(await refused(bodyOf(other))).toBe('422 consent_missing payment_method');
  });
});
