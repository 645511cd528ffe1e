import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { offers, stateOf } from '../recovery/recovery-world.ts';
import {
  createSetupPageWorld,
  RETURN_URL,
  type SetupPageWorld,
  TO_COLLECT,
  VISA,
} from './setup-page-world.ts';

let world: SetupPageWorld;

beforeAll(async () => {
  world = await createSetupPageWorld();
});

afterAll(() => world.close());

const work = () => world.api.world.work();

describe.each(['elements', 'checkout'] as const)('a setup via %s whose consent is to be collected', (via) => {
  test('is accepted on our page, saved on Stripe’s, and charged while the customer is away', async () => {
    const { customer, id, link } = await world.asked({ via });
    await work();
    const browser = world.browser();

    const page = await browser.get(link);
    expect([page.status, stateOf(page)]).toEqual([200, 'to_accept']);
    for (const words of ['Powerline', TO_COLLECT.text, TO_COLLECT.amount_basis, 'until you withdraw'])
      expect(page.html).toContain(words);
    const checkout = await browser.press(page, 'accept');
    expect(checkout.url).toContain('/c/pay/');
    expect(await world.consent(id)).toMatchObject({
      accepted_at: expect.any(Date),
      ip_address: '127.0.0.1',
      user_agent: 'node',
      text: TO_COLLECT.text,
      text_version: TO_COLLECT.version,
    });
    const back = await browser.press(checkout, 'checkout-pay', { number: VISA });

    expect([back.status, stateOf(back)]).toEqual([200, 'saved']);
    expect(back.html).toContain('Visa •••• 4242');
    expect(back.html).toContain(`href="${RETURN_URL.replaceAll('&', '&amp;')}"`);
    const saved = await world.setup(id);
    expect(saved).toMatchObject({ via, status: 'succeeded', url: null, client_secret: null });
    expect(await world.methods(customer)).toMatchObject([
      { id: saved.payment_method, status: 'usable', default: true, usage: 'off_session' },
    ]);

    const charge = await world.charge(customer);
    expect(charge.status).toBe(202);
    await work();
    expect((await world.api.get(`/v1/charges/${charge.body.id}`)).body.status).toBe('succeeded');
    expect(await world.ledger(charge.body.id)).toMatchObject([
      { status: 'succeeded', successes: 1, amount_received: 1_250 },
    ]);
  });

  test('gives the link with the first answer, and to no key that may only read', async () => {
    const { id, link, answer } = await world.asked({ via });
    expect(answer.status).toBe(202);
    expect(link).toMatch(new RegExp(`^${world.url}/s/v1\\.${id}\\.1\\.[\\w-]{43}$`));
    await work();

    expect((await world.setup(id)).url).toBe(link);
    const read = await world.api.get(`/v1/setups/${id}`, { token: world.api.tokens.read });
    expect(read.body.url).toBeNull();
  });

  test('is paid for once by a customer who goes back, presses again and has two tabs', async () => {
    const { id, link } = await world.asked({ via });
    await work();
    const [here, there] = [world.browser(), world.browser()];
    const [page, other] = [await here.get(link), await there.get(link)];

    const pressed = await Promise.all([
      here.press(page, 'accept'),
      here.press(page, 'accept'),
      there.press(other, 'accept'),
    ]);
    const { accepted_at } = await world.consent(id);
    const again = await here.press(page, 'accept');
    const back = await here.press(again, 'checkout-cancel');

    expect(new Set([...pressed, again].map(({ url }) => url)).size).toBe(1);
    expect([stateOf(back), offers(back, 'continue'), offers(back, 'accept')]).toEqual([
      'to_save',
      true,
      false,
    ]);
    expect((await here.press(back, 'continue')).url).toBe(again.url);
    expect((await world.consent(id)).accepted_at).toEqual(accepted_at);
    expect(await world.sessions(id)).toHaveLength(1);
    const live = (await world.intents(id)).filter(({ status }) => status !== 'canceled');
    expect(live).toHaveLength(1);
  });

  test('says so when it is saved already, expired or canceled, and has nothing to press', async () => {
    const [saved, expired, canceled] = [
      await world.asked({ via }),
      await world.asked({ via }),
      await world.asked({ via }),
    ];
    await work();
    const browser = world.browser();
    const stale = await browser.get(expired.link);
    const checkout = await browser.press(await browser.get(saved.link), 'accept');
    await browser.press(checkout, 'checkout-pay', { number: VISA });
    await world.api.post(`/v1/setups/${canceled.id}/cancel`);
    await work();
    await world.api.world.advance(86_400);
    const late = await browser.press(stale, 'accept');
    expect(stateOf(late)).toBe('expired');
    expect((await world.consent(expired.id)).accepted_at).toBeNull();
    await work();

    for (const [{ id, link }, state] of [
      [saved, 'saved'],
      [expired, 'expired'],
      [canceled, 'canceled'],
    ] as const) {
      const page = await world.browser().get(link);
      expect([page.status, stateOf(page), page.html.includes('<form')]).toEqual([200, state, false]);
      expect(offers(page, 'back')).toBe(true);
      expect((await world.setup(id)).url).toBeNull();
    }
  });
});

test('a card saved on the merchant’s page cannot be charged before its customer has agreed on ours', async () => {
  const { customer, id, link } = await world.asked();
  await work();
  const waiting = await world.setup(id);
  expect([waiting.url, waiting.client_secret]).toEqual([link, expect.stringContaining('_secret_')]);
  await world.confirmOnMerchantsPage(id);
  await world.api.world.advance(60);
  await work();

  const payment_method = String((await world.setup(id)).payment_method);
  expect(await world.methods(customer)).toMatchObject([{ status: 'unusable', default: false }]);
  expect(await world.charge(customer, { payment_method })).toMatchObject({
    status: 422,
    body: { code: 'payment_method_unusable', errors: [{ path: 'payment_method' }] },
  });
  expect(await world.charge(customer)).toMatchObject({
    status: 422,
    body: { code: 'no_payment_method', errors: [{ path: 'payment_method' }] },
  });

  expect((await world.setup(id)).url).toBe(link);
  const browser = world.browser();
  const page = await browser.get(link);
  expect([stateOf(page), page.html.includes('Visa •••• 4242')]).toEqual(['to_accept', true]);
  const agreed = await browser.press(page, 'accept');

  expect([agreed.url, stateOf(agreed)]).toEqual([page.url, 'saved']);
  expect(await world.methods(customer)).toMatchObject([{ status: 'usable', default: true }]);
  expect((await world.charge(customer)).status).toBe(202);
  expect(await world.sessions(id)).toEqual([]);
});

test('a bank account is saved with its scheme’s mandate, word for word in the customer’s language', async () => {
  const { id, link } = await world.asked({ payment_method_types: ['sepa_debit'] }, 'de-AT');
  await work();
  const browser = world.browser();

  const page = await browser.get(link);
  expect(page.html).toMatch(/<blockquote data-testid="mandate-text">Indem Sie .*Powerline.*8 Wochen.*2 Tage/);
  await browser.press(page, 'accept');

  const { mandate_text, mandate_text_version } = await world.consent(id);
  expect([mandate_text_version, page.html.includes(String(mandate_text))]).toEqual([
    'mandate-sepa_debit-de-1',
    true,
  ]);
  expect((await world.setup(id)).consent).toMatchObject({ mandate_text, mandate_text_version });
});

test('a mandate that binds in English says so in the customer’s language, with its service agreement', async () => {
  const { id, link } = await world.asked({ payment_method_types: ['au_becs_debit'] }, 'fr');
  await work();
  const browser = world.browser();

  const page = await browser.get(link);
  expect(page.html).toMatch(/En bref.*Bulk Electronic Clearing System/);
  expect(page.html).toContain('href="https://stripe.com/legal/becs-dd-service-agreement"');
  await browser.press(page, 'accept');
  expect((await world.consent(id)).mandate_text_version).toBe('mandate-au_becs_debit-fr-1');
});

test('a setup whose evidence the merchant has keeps Stripe’s own ways in', async () => {
  const { accepted_at, ip_address, user_agent } = {
    accepted_at: '2026-01-15T10:00:00Z',
    ip_address: '203.0.113.7',
    user_agent: 'Counter 3',
  };
  const { collect: _collect, ...terms } = TO_COLLECT;
  const consent = { ...terms, accepted_at, ip_address, user_agent };
  const [elements, checkout] = [
    await world.asked({ consent }),
    await world.asked({ consent, via: 'checkout' }),
  ];
  await work();

  expect(await world.setup(elements.id)).toMatchObject({
    url: null,
    client_secret: expect.stringContaining('_secret_'),
  });
  expect((await world.setup(checkout.id)).url).toContain('/c/pay/');
  const [session] = await world.sessions(checkout.id);
  expect(session?.success_url).toBe(RETURN_URL);
});

test('what merchant and customer wrote is shown escaped', async () => {
  const { link } = await world.asked({
    consent: {
      ...TO_COLLECT,
      text: 'I agree to <script>alert(1)</script> & "everything".',
      amount_basis: '<img src=x onerror=alert(2)>',
    },
    return_url: 'https://shop.example/?a="><script>alert(3)</script>',
  });
  const page = await world.browser().get(link);

  expect(page.html).not.toMatch(/<script|<img/);
  expect(page.html).toContain('I agree to &lt;script');
  expect(page.html).toContain('&amp; &quot;everything&quot;');
});

test('a revoked consent can be accepted by no press', async () => {
  const { id, link } = await world.asked();
  await work();
  const browser = world.browser();
  const page = await browser.get(link);
  const { consent } = await world.setup(id);
  await world.api.post(`/v1/consents/${(consent as { id: string }).id}/revoke`);

  const pressed = await browser.press(page, 'accept');

  expect([stateOf(pressed), pressed.html.includes('<form')]).toEqual(['canceled', false]);
  expect(await world.consent(id)).toMatchObject({ accepted_at: null, ip_address: null, user_agent: null });
});

test('one-time terms say so, and cover one charge', async () => {
  const { customer, link } = await world.asked({ consent: { ...TO_COLLECT, frequency: 'one_time' } });
  await work();
  const browser = world.browser();
  const page = await browser.get(link);
  expect(page.html).toContain('One charge, once');
  await browser.press(await browser.press(page, 'accept'), 'checkout-pay', { number: VISA });

  const charges = [await world.charge(customer), await world.charge(customer)];
  expect(charges.map(({ status, body }) => [status, body.code])).toEqual([
    [202, undefined],
    [422, 'consent_used'],
  ]);
});

test('looks again by itself while the card is being checked, and in the end says that it does not', async () => {
  const { id, link } = await world.asked({ via: 'elements' });
  await work();
  const browser = world.browser();
  await browser.get(link);
  await world.api.world.sql`
    update setups set state = 'processing', cause = 'test', cause_reference = 'test' where id = ${id}`;

  let page = await browser.get(link);
  const looked: number[] = [];
  for (let next = refreshOf(page); next !== null; next = refreshOf(page)) {
    looked.push(Number(next.after_s));
    expect([stateOf(page), page.html.includes('looks again by itself')]).toEqual(['processing', true]);
    page = await browser.get(new URL(next.url, page.url).href);
  }
  expect(looked).toEqual(looked.toSorted((a, b) => a - b));
  expect(looked).toHaveLength(12);
  expect([stateOf(page), page.html.includes('open the link again later')]).toEqual(['processing', true]);
});

/** Where the page goes on by itself, or null. */
function refreshOf(page: { readonly headers: Headers }): { after_s: string; url: string } | null {
  const [, after_s, url] = /^(\d+); url=(.+)$/.exec(page.headers.get('refresh') ?? '') ?? [];
  return after_s === undefined || url === undefined ? null : { after_s, url };
}
