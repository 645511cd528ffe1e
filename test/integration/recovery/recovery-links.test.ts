import { afterAll, beforeAll, expect, test } from 'vitest';
import { resendRecoveryLink } from '../../../src/billing/recovery/resend-recovery.ts';
import {
  createRecoveryWorld,
  expectStrict,
  fingerprint,
  offers,
  type Page,
  type RecoveryWorld,
  stateOf,
} from './recovery-world.ts';

let world: RecoveryWorld;

beforeAll(async () => {
  world = await createRecoveryWorld();
});

afterAll(() => world.close());

const asked = () => world.asked('pm_card_authenticationRequired');
const recoveryOf = (link: string): string => /rec_[a-z2-7]{24}/.exec(link)?.[0] ?? '';

/** What every bad link gets, for comparison to the byte. */
const refusal = (): Promise<Page> => world.browser().get(`${world.url}/r/nonsense`);

test('opens as often as scanners like without writing anything anywhere', async () => {
  const { link } = await asked();
  const before = await fingerprint(world);
  const requests = (await world.simulator.control.requests()).length;

  for (let time = 0; time < 20; time += 1) {
    const page = await world.browser().get(link);
    expect([page.status, stateOf(page)]).toEqual([200, 'to_confirm']);
    expect((await fetch(link, { method: 'HEAD', redirect: 'manual' })).status).toBe(303);
  }

  expect(await fingerprint(world)).toEqual(before);
  expect((await world.simulator.control.requests()).length).toBe(requests);
});

test('refuses a link with any one character changed, with the same bytes as nonsense, and writes nothing', async () => {
  const { link } = await asked();
  const expected = await refusal();
  expect([expected.status, offers(expected, 'fresh-mail')]).toEqual([404, true]);
  const before = await fingerprint(world);

  const token = link.slice(link.lastIndexOf('/') + 1);
  for (let at = 0; at < token.length; at += 1) {
    const letter = token[at] === 'a' ? 'b' : 'a';
    const page = await world
      .browser()
      .get(`${world.url}/r/${token.slice(0, at)}${letter}${token.slice(at + 1)}`);
    expect({ at, status: page.status, same: page.html === expected.html }).toEqual({
      at,
      status: 404,
      same: true,
    });
  }
  for (const text of ['%00', '..%2f..%2fetc', `${token}${token}`, 'x'.repeat(3_000), 'v1.rec_.1.']) {
    const page = await world.browser().get(`${world.url}/r/${text}`);
    expect({ text, status: page.status, same: page.html === expected.html }).toMatchObject({
      status: 404,
      same: true,
    });
  }

  expect(await fingerprint(world)).toEqual(before);
});

test('an operator’s resend kills the earlier link and cookie, and mails the new one', async () => {
  const { customer, charge, link } = await asked();
  const browser = world.browser();
  const page = await browser.get(link);

  const resent = await resendRecoveryLink(world.deps, charge, { revokes: true });
  await world.work();

  if (resent.outcome !== 'resent') throw new Error(resent.outcome);
  expect(resent.recovery.url).not.toBe(link);
  expect(world.linkTo(customer.customer_id)).toBe(resent.recovery.url);
  const expected = await refusal();
  expect((await world.browser().get(link)).html).toBe(expected.html);
  expect((await browser.get(page.url)).html).toBe(expected.html);
  expect((await browser.press(page, 'confirm')).status).toBe(403);
  expect(stateOf(await world.browser().get(resent.recovery.url))).toBe('to_confirm');
});

test('a live recovery past its time is refused like nonsense', async () => {
  const { link } = await asked();
  const browser = world.browser();
  const page = await browser.get(link);

  await world.sql`update recoveries set expires_at = dc_now() where id = ${recoveryOf(link)}`;

  const expected = await refusal();
  expect(await world.browser().get(link)).toMatchObject({ status: 404, html: expected.html });
  expect(await browser.get(page.url)).toMatchObject({ status: 404, html: expected.html });
  const before = await fingerprint(world);
  const pressed = await browser.press(page, 'confirm');
  expect(pressed).toMatchObject({ status: 404, html: expected.html });
  expect(await fingerprint(world)).toEqual(before);
});

test.each([
  ['paid', 'paid'],
  ['canceled', 'canceled'],
] as const)('the link of a %s charge shows that and nothing to press', async (how, state) => {
  const { charge, link } = await asked();
  const browser = world.browser();
  if (how === 'paid') {
    await browser.press(await browser.press(await browser.get(link), 'confirm'), '3ds-complete');
  } else {
    await world.cancel(charge);
    await world.work();
  }
  const before = await fingerprint(world);

  const page = await world.browser().get(link);

  expect([page.status, stateOf(page), page.html.includes('<form')]).toEqual([200, state, false]);
  expect((await fetch(link, { redirect: 'manual' })).status).toBe(200);
  expect(await fingerprint(world)).toEqual(before);
});

test('asking for a fresh mail always answers alike, and mails once an hour to whom the link belonged', async () => {
  const { customer, charge, link } = await asked();
  await resendRecoveryLink(world.deps, charge, { revokes: true });
  await world.work();
  const mails = () => world.mailsTo(customer.customer_id).length;
  const had = mails();
  const ask = async (url: string) => {
    const browser = world.browser();
    const page = await browser.press(await browser.get(url), 'fresh-mail');
    await world.work();
    return page;
  };

  const forged = await ask(`${link.slice(0, -1)}${link.endsWith('A') ? 'B' : 'A'}`);
  const nonsense = await ask(`${world.url}/r/nonsense`);
  expect(mails()).toBe(had);
  const superseded = await ask(link);
  expect(mails()).toBe(had + 1);
  const again = await ask(link);
  expect(mails()).toBe(had + 1);
  await world.advance(3_601);
  await ask(link);
  expect(mails()).toBe(had + 2);

  for (const page of [nonsense, superseded, again])
    expect([page.status, page.html]).toEqual([forged.status, forged.html]);
  expect(world.linkTo(customer.customer_id)).not.toBe(link);
});

test('a POST needs the cookie, the form token and an Origin that is absent or ours', async () => {
  const { charge, link } = await asked();
  const browser = world.browser();
  const page = await browser.get(link);
  const token = /name="form_token" value="([^"]+)"/.exec(page.html)?.[1] ?? '';
  const url = `${page.url}/confirm`;
  const before = await fingerprint(world);

  const refused = [
    await world.browser().post(url, { form_token: token }),
    await browser.post(url, {}),
    await browser.post(url, { form_token: `${token}x` }),
    await browser.post(url, { form_token: browser.cookies[0]?.value ?? '' }),
    await browser.post(url, { form_token: token }, { origin: 'https://evil.example.test' }),
    await browser.post(url, { form_token: token }, { origin: 'null' }),
    await browser.post(url, { form_token: token }, { 'sec-fetch-site': 'cross-site' }),
    await browser.post(`${page.url}/replace`, { form_token: `${token}x` }),
  ];

  expect(refused.map((answer) => answer.status)).toEqual(refused.map(() => 403));
  for (const type of ['application/json', 'text/plain', 'multipart/form-data; boundary=a']) {
    const cookie = browser.cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
    const headers = { 'content-type': type, cookie };
    const sent = { method: 'POST', body: JSON.stringify({ form_token: token }), headers };
    expect((await fetch(url, sent)).status).toBe(415);
  }
  expect(await fingerprint(world)).toEqual(before);
  expect((await world.read(charge)).attempts).toHaveLength(1);
  const vouched = { origin: 'null', 'sec-fetch-site': 'same-origin' };
  expect((await browser.post(url, { form_token: token }, vouched)).url).toContain('/3ds/');
});

test('a visit is the first press, never a look', async () => {
  const { link } = await asked();
  const visited = async () =>
    (await world.sql`select visited_at from recoveries where id = ${recoveryOf(link)}`)[0]?.visited_at;
  const browser = world.browser();

  const page = await browser.get(link);
  expect(await visited()).toBeNull();
  await browser.press(page, 'confirm');

  expect(await visited()).toBeInstanceOf(Date);
});

test('every page forbids framing, scripts, referrers and caches, and sets one narrow cookie', async () => {
  const { link } = await asked();
  const exchange = await fetch(link, { redirect: 'manual' });
  const page = await world.browser().get(link);

  for (const { headers } of [exchange, page, await refusal()]) expectStrict(headers);
  expect(exchange.headers.getSetCookie()).toHaveLength(1);
  expect(exchange.headers.getSetCookie()[0]).toMatch(
    /^dc_r_rec_[^=]+=[^;]+; Path=\/r\/page; Max-Age=7200; HttpOnly; SameSite=Lax$/,
  );
  expect(page.html).not.toMatch(/<script|\son[a-z]+=|https?:\/\//);
  expect(page.html.match(/[\w.]+@example\.test/g)).toEqual(['help@example.test', 'help@example.test']);
  expect(page.html).not.toContain('Robin');
});

test('the return without the cookie says nothing of any payment, and drops what Stripe put behind it', async () => {
  const { link } = await asked();
  const path = `${world.url}/r/page/${recoveryOf(link)}/return`;
  const query = '?payment_intent=pi_1&payment_intent_client_secret=pi_1_secret_x&redirect_status=succeeded';

  const page = await world.browser().get(`${path}${query}`);
  const unknown = await world.browser().get(`${world.url}/r/page/rec_${'a'.repeat(24)}/return`);

  expect([page.status, page.url, stateOf(page)]).toEqual([200, path, null]);
  expect(unknown.html).toBe(page.html);
});

test('the return believes Stripe, not its own address', async () => {
  const { charge, link } = await asked();
  const browser = world.browser();
  await browser.press(await browser.get(link), 'confirm');

  const path = `${world.url}/r/page/${recoveryOf(link)}/return`;
  const back = await browser.get(`${path}?redirect_status=succeeded`);

  expect(stateOf(back)).toBe('at_bank');
  expect((await world.read(charge)).charge.state).toBe('action_required');
});

test('without a cookie the page tells how to open it, in the same bytes whether there is such a payment or not', async () => {
  const { customer, link } = await asked();
  const before = await fingerprint(world);

  const page = await world.browser().get(`${world.url}/r/page/${recoveryOf(link)}`);
  const unknown = await world.browser().get(`${world.url}/r/page/rec_${'a'.repeat(24)}`);
  const other = { cookie: 'theme=dark; dc_r_rec_=x' };
  const of_others = await world.browser().get(`${world.url}/r/page/${recoveryOf(link)}`, other);

  expect([page.status, page.html.includes('allow cookies'), page.html.includes('<form')]).toEqual([
    403,
    true,
    false,
  ]);
  for (const { status, html } of [unknown, of_others])
    expect({ status, html }).toEqual({ status: page.status, html: page.html });
  expect(await fingerprint(world)).toEqual(before);
  expect(world.mailsTo(customer.customer_id)).toHaveLength(1);
});
