import Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { savedCard } from '../stage/flows.ts';
import { openSimulator, refusal } from '../stage/open-simulator.ts';

const opened = openSimulator();
const plain = { amount: 1000, currency: 'eur' };

function post(path: string, key: string, body: string, headers: Record<string, string> = {}) {
  const form = { 'content-type': 'application/x-www-form-urlencoded', authorization: `Bearer ${key}` };
  return opened.raw(path, { method: 'POST', headers: { ...form, ...headers }, body });
}

async function errorOf(answer: Response): Promise<Record<string, unknown>> {
  return ((await answer.json()) as { error: Record<string, unknown> }).error;
}

describe('authentication', () => {
  it.each(['', 'sk_live_abc', 'sk_test_', 'hello', 'whsec_abc'])(
    'refuses the key "%s" with 401',
    async (key) => {
      const answer = await opened.raw('/v1/customers', { headers: { authorization: `Bearer ${key}` } });
      expect(answer.status).toBe(401);
      expect(await errorOf(answer)).toMatchObject({ type: 'invalid_request_error' });
    },
  );

  it('refuses a request without any key with 401, an authentication error to the SDK', async () => {
    expect((await opened.raw('/v1/customers')).status).toBe(401);
    const error = await refusal(opened.client('sk_live_no').customers.list());
    expect(error).toBeInstanceOf(Stripe.errors.StripeAuthenticationError);
  });

  it('accepts a restricted key and the key as the user of basic authentication', async () => {
    const { key } = opened.account();
    const basic = `Basic ${Buffer.from(`${key}:`).toString('base64')}`;
    for (const authorization of [basic, `Bearer ${key}`, 'Bearer rk_test_restricted']) {
      const answer = await opened.raw('/v1/customers', { headers: { authorization } });
      expect(answer.status).toBe(200);
    }
  });

  it('keeps the objects of one key from another', async () => {
    const [mine, theirs] = [opened.account(), opened.account()];
    const customer = await mine.stripe.customers.create({ name: 'mine' });
    const error = await refusal(theirs.stripe.customers.retrieve(customer.id));
    expect(error).toMatchObject({ statusCode: 404, code: 'resource_missing' });
    expect((await theirs.stripe.customers.list()).data).toEqual([]);
  });
});

describe('headers of every answer', () => {
  it.each([
    ['a success', '/v1/customers', true, 200],
    ['a 404', '/v1/customers/cus_none', true, 404],
    ['an unknown route', '/v1/nothing', true, 404],
    ['a 401', '/v1/customers', false, 401],
  ] as const)('%s carries request id, version and JSON', async (_name, path, authorized, status) => {
    const { key } = opened.account();
    const answer = await opened.raw(path, {
      headers: {
        'stripe-version': '2026-10-28.endive',
        ...(authorized && { authorization: `Bearer ${key}` }),
      },
    });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('request-id')).toMatch(/^req_[0-9A-Za-z]{14}$/);
    expect(answer.headers.get('stripe-version')).toBe('2026-10-28.endive');
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    expect(answer.headers.get('x-simulator-warning')).toBeNull();
  });

  it('echoes another API version with a warning', async () => {
    const { key } = opened.account();
    const headers = { authorization: `Bearer ${key}`, 'stripe-version': '2020-08-27' };
    const answer = await opened.raw('/v1/customers', { headers });
    expect(answer.headers.get('stripe-version')).toBe('2020-08-27');
    expect(answer.headers.get('x-simulator-warning')).not.toBeNull();
  });

  it('echoes the idempotency key, and gives every request an id of its own', async () => {
    const { stripe } = opened.account();
    const one = await stripe.customers.create({}, { idempotencyKey: 'echoed' });
    const two = await stripe.customers.create({}, { idempotencyKey: 'echoed' });
    expect(one.lastResponse.headers['idempotency-key']).toBe('echoed');
    expect(one.lastResponse.requestId).not.toBe(two.lastResponse.requestId);
  });
});

describe('parameters', () => {
  it('takes literal and escaped brackets, indexed and empty indexes, as one and the same', async () => {
    const { key } = opened.account();
    const spellings = [
      'amount=1000&currency=eur&allowed_payment_method_types[0]=card&metadata[a]=x%20y',
      'amount=1000&currency=eur&allowed_payment_method_types[]=card&metadata%5Ba%5D=x+y',
    ];
    for (const spelling of spellings) {
      const answer = await post('/v1/payment_intents', key, spelling);
      const intent = (await answer.json()) as Stripe.PaymentIntent;
      expect(intent.metadata).toEqual({ a: 'x y' });
      expect(intent.allowed_payment_method_types).toEqual(['card']);
    }
  });

  it('keeps two parameters of one level apart when the value is text beyond ASCII', async () => {
    const { stripe } = opened.account();
    const name = 'Žofie & Ørsted = 100 % + 漢字 [x]';
    const customer = await stripe.customers.create({ name, metadata: { 'a key': name } });
    expect([customer.name, customer.metadata['a key']]).toEqual([name, name]);
  });

  it('refuses an unknown parameter by its name in brackets', async () => {
    const { stripe, key } = opened.account();
    const unknown = { ...plain, colour: 'red' } as Stripe.PaymentIntentCreateParams;
    const error = await refusal(stripe.paymentIntents.create(unknown));
    expect(error).toMatchObject({ statusCode: 400, code: 'parameter_unknown', param: 'colour' });
    expect(error.message).toContain('Received unknown parameter: colour');
    const nested = await post('/v1/customers', key, 'invoice_settings[colour]=red');
    expect(await errorOf(nested)).toMatchObject({
      param: 'invoice_settings[colour]',
      code: 'parameter_unknown',
    });
    const query = await refusal(stripe.customers.list({ colour: 'red' } as Stripe.CustomerListParams));
    expect(query).toMatchObject({ statusCode: 400, code: 'parameter_unknown', param: 'colour' });
  });

  it('refuses payment_method_types on intents and sessions, which is no longer writable', async () => {
    const { stripe } = opened.account();
    const types = { payment_method_types: ['card'] };
    const saved = await savedCard(stripe, opened.sim);
    const intent = await stripe.paymentIntents.create({ ...plain, ...saved });
    const calls = [
      stripe.paymentIntents.create({ ...plain, ...types } as Stripe.PaymentIntentCreateParams),
      stripe.paymentIntents.update(intent.id, types as Stripe.PaymentIntentUpdateParams),
      stripe.paymentIntents.confirm(intent.id, types as Stripe.PaymentIntentConfirmParams),
      stripe.setupIntents.create(types as Stripe.SetupIntentCreateParams),
      stripe.checkout.sessions.create({
        mode: 'setup',
        currency: 'eur',
        success_url: 'https://shop.example',
        ...types,
      } as Stripe.Checkout.SessionCreateParams),
    ];
    for (const call of calls) {
      const error = await refusal(call);
      expect([error.statusCode, error.code]).toEqual([400, 'payment_method_types_no_longer_supported']);
    }
  });

  it.each(['10.5', '1e3', 'ten', '0x10', ' 1000', ''])('refuses "%s" as an integer', async (amount) => {
    const { key } = opened.account();
    const answer = await post(
      '/v1/payment_intents',
      key,
      `currency=eur&amount=${encodeURIComponent(amount)}`,
    );
    const error = await errorOf(answer);
    expect(answer.status).toBe(400);
    expect(error.param).toBe('amount');
    // An empty text counts as not sent.
    expect(error.code).toBe(amount === '' ? 'parameter_missing' : 'parameter_invalid_integer');
  });

  it('takes only true and false as booleans', async () => {
    const { key } = opened.account();
    const answer = await post('/v1/payment_intents', key, 'amount=1000&currency=eur&confirm=yes');
    expect([answer.status, (await errorOf(answer)).param]).toEqual([400, 'confirm']);
  });

  it('names the parameter that is missing', async () => {
    const { key } = opened.account();
    const answer = await post('/v1/payment_intents', key, 'amount=1000');
    expect(await errorOf(answer)).toMatchObject({ code: 'parameter_missing', param: 'currency' });
  });
});

describe('routes', () => {
  it.each([
    ['POST', '/v1/test_helpers/test_clocks'],
    ['GET', '/v1/payment_intents/search'],
    ['GET', '/v1/products'],
    ['PUT', '/v1/customers'],
    ['DELETE', '/v1/payment_intents/pi_1'],
  ])('answers %s %s with 404 and says so', async (method, path) => {
    const { key } = opened.account();
    const answer = await opened.raw(path, { method, headers: { authorization: `Bearer ${key}` } });
    expect(answer.status).toBe(404);
    const error = await errorOf(answer);
    expect(error.type).toBe('invalid_request_error');
    expect(error.message).toContain(`Unrecognized request URL (${method}: ${path})`);
  });

  it('answers 404 before it asks for a key, and 401 before it looks at parameters', async () => {
    expect((await opened.raw('/v1/nothing')).status).toBe(404);
    expect((await post('/v1/payment_intents', 'sk_live_no', 'colour=red')).status).toBe(401);
  });
});
