import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chargeOffSession, savedCard } from '../stage/flows.ts';
import { openSimulator } from '../stage/open-simulator.ts';

const seed = Number(process.env.SIMULATOR_FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 31));
const opened = openSimulator({ seed });
const paths = Object.entries(
  JSON.parse(readFileSync(new URL('../stripe-openapi-subset.json', import.meta.url), 'utf8')).paths as Record<
    string,
    object
  >,
).flatMap(([path, verbs]) => Object.keys(verbs).map((verb) => [verb.toUpperCase(), path] as const));

const names = [
  'amount',
  'currency',
  'customer',
  'payment_method',
  'confirm',
  'off_session',
  'return_url',
  'metadata',
  'metadata[a]',
  'metadata[__proto__]',
  '__proto__[x]',
  'constructor[prototype][x]',
  'expand[]',
  'expand[0]',
  'expand',
  'limit',
  'starting_after',
  'created[gte]',
  'created',
  'card[number]',
  'card[token]',
  'card',
  'type',
  'mode',
  'success_url',
  'line_items[0][price_data][unit_amount]',
  'line_items[0][quantity]',
  'line_items',
  'payment_method_data[type]',
  'payment_method_data[sepa_debit][iban]',
  'mandate_data[customer_acceptance][type]',
  'payment_method_options[card][request_three_d_secure]',
  'a[b][c][d][e][f][g][h][i][j]',
  'allowed_payment_method_types[0]',
  'usage',
  'evidence[uncategorized_text]',
  'enabled_events[0]',
  'url',
  'reason',
  'charge',
  'payment_intent',
  'shipping[name]',
  'balance',
  'expires_at',
];

/** Real ids of an account among the values, so that requests get past the first look-up. */
async function knownIds(stripe: ReturnType<typeof opened.client>): Promise<string[]> {
  const saved = await savedCard(stripe, opened.sim);
  const paid = await chargeOffSession(stripe, saved);
  const open = await stripe.paymentIntents.create({ amount: 1000, currency: 'eur' });
  const setup = await stripe.setupIntents.create();
  const session = await stripe.checkout.sessions.create({
    mode: 'setup',
    currency: 'eur',
    success_url: 'https://shop.example',
  });
  const [event] = (await stripe.events.list()).data;
  const own = [saved.customer, saved.payment_method, paid.id, String(paid.latest_charge)];
  return [...own, open.id, setup.id, session.id, event?.id ?? ''];
}

const junk = fc.oneof(
  fc.constantFrom(
    '',
    'true',
    'false',
    '0',
    '-1',
    '1000',
    '99999999999999999999',
    'eur',
    'EUR',
    'pm_card_visa',
  ),
  fc.constantFrom(
    'card',
    'sepa_debit',
    'setup',
    'payment',
    'off_session',
    'any',
    'https://shop.example',
    '%',
    '%zz',
  ),
  fc.string({ maxLength: 20 }).map((text) => encodeURIComponent(text)),
  fc.string({ unit: 'binary', maxLength: 10 }),
);

describe('a request made of junk', () => {
  it(`is answered, and never by a 5xx (SIMULATOR_FUZZ_SEED=${seed})`, async () => {
    console.info(`SIMULATOR_FUZZ_SEED=${seed}`);
    const { stripe, key } = opened.account();
    const ids = await knownIds(stripe);
    const value = fc.oneof(junk, fc.constantFrom(...ids));
    const pairs = fc.array(fc.tuple(fc.constantFrom(...names), value), { maxLength: 6 });
    const id = fc.oneof(
      fc.constantFrom(...ids),
      fc.constantFrom('pi_x', '__proto__', 'constructor', '%2e%2e'),
    );
    const request = fc.record({ route: fc.constantFrom(...paths), id, pairs, key: fc.option(fc.string()) });
    await fc.assert(
      fc.asyncProperty(request, async ({ route: [method, template], id, pairs, key: idempotencyKey }) => {
        const path = template.replace(/\{[^}]+\}/g, id);
        const form = pairs.map(([name, text]) => `${name}=${text}`).join('&');
        const headers: Record<string, string> = { authorization: `Bearer ${key}` };
        if (idempotencyKey !== null) headers['idempotency-key'] = Buffer.from(idempotencyKey).toString('hex');
        const query = method === 'POST' ? '' : `?${form.replaceAll(/[^ -~]|[ #]/g, '')}`;
        // Past the schema check: junk that happens to be accepted is no request Stripe's own SDK would make.
        const answer = await fetch(`${opened.sim.url}${path}${query}`, {
          method,
          headers,
          ...(method === 'POST' && { body: form }),
        });
        const body = await answer.text();
        expect(answer.status, `${method} ${path} ${form}: ${body}`).toBeLessThan(500);
        if (answer.status >= 400) expect(JSON.parse(body).error.message).toBeTypeOf('string');
      }),
      { seed, numRuns: 1_000 },
    );
    expect(({} as { x?: unknown }).x).toBeUndefined();
  });
});
