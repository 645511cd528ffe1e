import Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import type { Permissions } from '../../../simulator/http/permissions.ts';
import { chargeOffSession, savedCard, unconfirmed } from '../stage/flows.ts';
import { openSimulator, refusal } from '../stage/open-simulator.ts';

const opened = openSimulator();
let keys = 0;

/** An account, and a client with a restricted key of it. */
async function restricted(permissions: Permissions) {
  const account = opened.account();
  keys += 1;
  const key = `rk_test_r${process.pid}n${keys}abcdef`;
  await opened.sim.control.key(account.key, { key, permissions });
  const say = (more: { permissions?: Permissions; revoked?: boolean }) =>
    opened.sim.control.key(account.key, { key, ...more });
  return { ...account, restrictedKey: key, limited: opened.client(key), say };
}

describe('a restricted key', () => {
  it('belongs to the account that it was made in, and reads what it may read', async () => {
    const { stripe, limited } = await restricted({ customer: 'read' });
    const { id } = await stripe.customers.create({ name: 'Jenny' });
    expect((await limited.customers.retrieve(id)).id).toBe(id);
    expect((await limited.customers.list()).data).toHaveLength(1);
  });

  it('is refused what it may not do: 403 with a message, and neither code nor param', async () => {
    const { stripe, limited, restrictedKey, key } = await restricted({ customer: 'read' });
    const error = await refusal(limited.customers.create({ name: 'Jenny' }));
    expect(error).toBeInstanceOf(Stripe.errors.StripePermissionError);
    const masked = `rk_test_${'*'.repeat(restrictedKey.length - 14)}${restrictedKey.slice(-6)}`;
    const account = /acct_\w+/.exec(error.message)?.[0];
    expect(error.message).toBe(
      `The provided key '${masked}' does not have the required permissions for this endpoint on account ` +
        `'${account}'. Having the 'rak_customer_write' permission would allow this request to continue.`,
    );
    expect(error).toMatchObject({ statusCode: 403, rawType: 'invalid_request_error' });
    expect([error.code, error.param, error.doc_url]).toEqual([undefined, undefined, undefined]);
    expect((await stripe.customers.list()).data).toEqual([]);
    const [entry] = (await opened.sim.control.requests(key)).filter(({ status }) => status === 403);
    expect(entry?.route).toBe('POST /v1/customers');
  });

  it('carries the headers of any other answer', async () => {
    const { restrictedKey } = await restricted({});
    const headers = { authorization: `Bearer ${restrictedKey}`, 'idempotency-key': `k${keys}` };
    const answer = await opened.raw('/v1/customers', { method: 'POST', headers });
    expect(answer.status).toBe(403);
    expect(answer.headers.get('request-id')).toMatch(/^req_/);
    expect(answer.headers.get('stripe-version')).toBe('2026-10-28.endive');
    expect(answer.headers.get('idempotency-key')).toBe(`k${keys}`);
  });

  it('is refused before anything is looked up, and nothing is kept under its idempotency key', async () => {
    const { limited, say } = await restricted({});
    const error = await refusal(limited.paymentIntents.confirm('pi_none'));
    expect(error.statusCode).toBe(403);
    const create = () => limited.customers.create({ name: 'Jenny' }, { idempotencyKey: `again-${keys}` });
    expect((await refusal(create())).statusCode).toBe(403);
    await say({ permissions: { customer: 'write' } });
    expect((await create()).name).toBe('Jenny');
  });

  it('reads nothing by expansion that it may not read', async () => {
    const { stripe, limited } = await restricted({ payment_intent: 'read' });
    const { id } = await chargeOffSession(stripe, await savedCard(stripe, opened.sim));
    expect((await limited.paymentIntents.retrieve(id)).latest_charge).toBeTypeOf('string');
    for (const [path, named] of [
      ['latest_charge', 'rak_charge_read'],
      ['customer.invoice_settings.default_payment_method', 'rak_customer_read'],
    ] as const) {
      const error = await refusal(limited.paymentIntents.retrieve(id, { expand: [path] }));
      expect([error.statusCode, error.message.includes(named)]).toEqual([403, true]);
    }
    const listed = await refusal(limited.paymentIntents.list({ expand: ['data.latest_charge'] }));
    expect(listed.statusCode).toBe(403);
  });

  it('gives money back with the permission for charges, which is Stripe’s for refunds', async () => {
    const { stripe, limited } = await restricted({ charge: 'write' });
    const { id } = await chargeOffSession(stripe, await savedCard(stripe, opened.sim));
    expect((await limited.refunds.create({ payment_intent: id })).status).toBe('succeeded');
  });

  it('says what its calls needed, given or not', async () => {
    const { limited, say } = await restricted({ payment_intent: 'write' });
    await limited.paymentIntents.create({ amount: 1000, currency: 'eur' });
    await refusal(limited.events.list());
    expect(await say({})).toMatchObject({
      permissions: { payment_intent: 'write' },
      revoked: false,
      needed: ['event_read', 'payment_intent_write'],
    });
  });

  it('that is revoked is refused with 401 api_key_expired, and so is a secret key', async () => {
    const { stripe, key, limited, say } = await restricted({ customer: 'write' });
    await say({ revoked: true });
    const error = await refusal(limited.customers.list());
    expect(error).toMatchObject({
      statusCode: 401,
      code: 'api_key_expired',
      rawType: 'invalid_request_error',
    });
    expect(error.message).toMatch(/^Expired API Key provided: rk_test_\*+\w{6}$/);
    const [entry] = (await opened.sim.control.requests(key)).filter(({ status }) => status === 401);
    expect(entry?.route).toBe('GET /v1/customers');
    expect((await stripe.customers.list()).data).toEqual([]);
    await opened.sim.control.key(key, { key, revoked: true });
    expect((await refusal(stripe.customers.list())).code).toBe('api_key_expired');
    await opened.sim.control.key(key, { key, revoked: false });
    expect((await stripe.customers.list()).data).toEqual([]);
  });
});

describe('the control call for keys', () => {
  const post = async (key: string | null, body: object) => {
    const headers = key === null ? undefined : { authorization: `Bearer ${key}` };
    const answer = await fetch(`${opened.sim.url}/_sim/keys`, {
      method: 'POST',
      body: JSON.stringify(body),
      ...(headers && { headers }),
    });
    return { status: answer.status, body: (await answer.json()) as { key?: string; error?: string } };
  };

  it('makes a key in the account of its Authorization, and never repeats it', async () => {
    const { key, stripe } = opened.account();
    await unconfirmed(stripe, await savedCard(stripe, opened.sim));
    const made = await post(key, { key: 'rk_test_byhand_123456', permissions: { payment_intent: 'read' } });
    expect(made).toMatchObject({ status: 200, body: { key: 'rk_test_*******123456' } });
    const limited = opened.client('rk_test_byhand_123456');
    expect((await limited.paymentIntents.list()).data).toHaveLength(1);
    expect(
      (await fetch(`${opened.sim.url}/_sim/ledger`, { headers: auth('rk_test_byhand_123456') })).status,
    ).toBe(200);
  });

  it.each([
    ['without an account', null, { key: 'rk_test_a1' }],
    ['a key of another form', 'sk_test_forms', { key: 'rk_live_a1' }],
    ['an unknown resource', 'sk_test_forms', { key: 'rk_test_a1', permissions: { weather: 'read' } }],
    ['an unknown level', 'sk_test_forms', { key: 'rk_test_a1', permissions: { charge: 'admin' } }],
    ['permissions of a secret key', 'sk_test_forms', { key: 'sk_test_forms', permissions: {} }],
    ['another account’s secret key', 'sk_test_forms', { key: 'sk_test_other', revoked: true }],
  ])('refuses %s', async (_name, key, body) => {
    const answer = await post(key, body);
    expect(answer.status).toBe(400);
    expect(answer.body.error).toBeTypeOf('string');
  });

  it('refuses a key of another account', async () => {
    await post('sk_test_first', { key: 'rk_test_taken1', permissions: {} });
    expect((await post('sk_test_second', { key: 'rk_test_taken1', permissions: {} })).status).toBe(409);
  });
});

const auth = (key: string) => ({ authorization: `Bearer ${key}` });
