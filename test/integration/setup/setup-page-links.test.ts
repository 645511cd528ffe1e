import Fastify from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLog } from '../../../src/platform/log.ts';
import { registerSetupPages } from '../../../src/recovery/setup-page/setup-pages.ts';
import { expectStrict, fingerprint, type Page, stateOf } from '../recovery/recovery-world.ts';
import { createSetupPageWorld, formToken, type SetupPageWorld, VISA } from './setup-page-world.ts';

let world: SetupPageWorld;

beforeAll(async () => {
  world = await createSetupPageWorld();
});

afterAll(() => world.close());

const work = () => world.api.world.work();
/** What every bad link gets, for comparison to the byte. */
const refusal = (): Promise<Page> => world.browser().get(`${world.url}/s/nonsense`);

async function asked(more: object = {}) {
  const given = await world.asked(more);
  await work();
  return given;
}

test('looking writes nothing anywhere and asks Stripe nothing, however often', async () => {
  const { link } = await asked();
  const before = await fingerprint(world.api.world);
  const requests = (await world.api.world.simulator.control.requests()).length;

  for (let time = 0; time < 20; time += 1) {
    const browser = world.browser();
    const page = await browser.get(link);
    expect([page.status, stateOf(page)]).toEqual([200, 'to_accept']);
    await browser.get(page.url);
    expect((await fetch(link, { method: 'HEAD', redirect: 'manual' })).status).toBe(303);
  }

  expect(await fingerprint(world.api.world)).toEqual(before);
  expect((await world.api.world.simulator.control.requests()).length).toBe(requests);
});

test('a link with any one character changed gets the same bytes as nonsense', async () => {
  const { link } = await asked();
  const expected = await refusal();
  expect(expected.status).toBe(404);
  const before = await fingerprint(world.api.world);

  const token = link.slice(link.lastIndexOf('/') + 1);
  for (let at = 0; at < token.length; at += 1) {
    const letter = token[at] === 'a' ? 'b' : 'a';
    const bent = `${token.slice(0, at)}${letter}${token.slice(at + 1)}`;
    const page = await world.browser().get(`${world.url}/s/${bent}`);
    expect({ at, status: page.status, same: page.html === expected.html }).toMatchObject({
      status: 404,
      same: true,
    });
  }
  for (const text of ['%00', '..%2f..%2fetc', `${token}${token}`, 'x'.repeat(3_000), 'v1.set_.1.', '']) {
    const page = await world.browser().get(`${world.url}/s/${text}`);
    expect({ text, status: page.status, same: page.html === expected.html }).toMatchObject({
      status: 404,
      same: true,
    });
  }
  expect(await fingerprint(world.api.world)).toEqual(before);
});

test('one setup’s link, cookie and form token open no other', async () => {
  const [mine, other] = [await asked(), await asked()];
  const browser = world.browser();
  const page = await browser.get(mine.link);
  const theirs = await world.browser().get(other.link);
  const expected = await refusal();
  const before = await fingerprint(world.api.world);

  const swapped = mine.link.replace(mine.id, other.id);
  expect(await world.browser().get(swapped)).toMatchObject({ status: 404, html: expected.html });
  const [cookie] = browser.cookies;
  const asTheirs = { cookie: `dc_s_${other.id}=${cookie?.value}` };
  expect(await world.browser().get(theirs.url, asTheirs)).toMatchObject({
    status: 404,
    html: expected.html,
  });
  const asMine = { cookie: `dc_s_${mine.id}=${cookie?.value}` };
  const nobodys = await world.browser().get(`${world.url}/s/page/set_${'a'.repeat(24)}`);
  expect(nobodys.status).toBe(403);
  expect(await world.browser().get(theirs.url, asMine)).toMatchObject({ status: 403, html: nobodys.html });
  const both = world.browser();
  await both.get(mine.link);
  await both.get(other.link);
  const crossed = await both.post(`${theirs.url}/accept`, { form_token: formToken(page) });
  expect(crossed.status).toBe(403);
  expect(await fingerprint(world.api.world)).toEqual(before);
});

test('a setup that needs no press has no page, though its link could be derived', async () => {
  const { id, link } = await asked();
  await world.sql`update consents n set collect = false, accepted_at = dc_now() from setups s
                  where s.id = ${id} and n.id = s.consent_id`;

  expect(await world.browser().get(link)).toMatchObject({ status: 404, html: (await refusal()).html });
});

test('a POST needs the cookie, the form token and an Origin that is absent or ours', async () => {
  const { id, link } = await asked();
  const browser = world.browser();
  const page = await browser.get(link);
  const form_token = formToken(page);
  const url = `${page.url}/accept`;
  const before = await fingerprint(world.api.world);

  const refused = [
    await world.browser().post(url, { form_token }),
    await browser.post(url, {}),
    await browser.post(url, { form_token: `${form_token}x` }),
    await browser.post(url, { form_token: browser.cookies[0]?.value ?? '' }),
    await browser.post(url, { form_token: link.slice(link.lastIndexOf('/') + 1) }),
    await browser.post(url, { form_token }, { origin: 'https://evil.example.test' }),
    await browser.post(url, { form_token }, { origin: 'null' }),
    await browser.post(url, { form_token }, { 'sec-fetch-site': 'cross-site' }),
    await browser.post(url, { form_token }, { 'sec-fetch-site': 'same-site' }),
  ];

  expect(refused.map((answer) => answer.status)).toEqual(refused.map(() => 403));
  expect((await browser.get(url)).status).toBe(404);
  expect(await fingerprint(world.api.world)).toEqual(before);
  const vouched = { origin: 'null', 'sec-fetch-site': 'same-origin' };
  expect((await browser.post(url, { form_token }, vouched)).url).toContain('/c/pay/');
  expect((await world.consent(id)).accepted_at).toBeInstanceOf(Date);
});

test('every page forbids framing, scripts, referrers and caches, and sets one narrow cookie', async () => {
  const { id, link } = await asked();
  const exchange = await fetch(link, { redirect: 'manual' });
  const page = await world.browser().get(link);

  for (const { headers } of [exchange, page, await refusal()]) expectStrict(headers);
  expect(exchange.headers.getSetCookie()).toHaveLength(1);
  expect(exchange.headers.getSetCookie()[0]).toMatch(
    new RegExp(`^dc_s_${id}=[^;]+; Path=/s/page/${id}; Max-Age=7200; HttpOnly; SameSite=Lax$`),
  );
  expect(page.html).not.toMatch(/<script|\son[a-z]+=/);
  expect(page.html).not.toContain('robin@example.test');
});

test('the return believes Stripe and not its own address, and says nothing without the cookie', async () => {
  const { id, link } = await asked();
  const path = `${world.url}/s/page/${id}/return`;
  const query = '?setup_intent=seti_1&setup_intent_client_secret=seti_1_secret_x&redirect_status=succeeded';

  const bare = await world.browser().get(`${path}${query}`);
  const unknown = await world.browser().get(`${world.url}/s/page/set_${'a'.repeat(24)}/return`);
  const browser = world.browser();
  await browser.press(await browser.get(link), 'accept');
  const back = await browser.get(`${path}${query}`);

  expect([bare.status, bare.url, stateOf(bare)]).toEqual([200, path, null]);
  expect(unknown.html).toBe(bare.html);
  expect([back.url, stateOf(back)]).toEqual([path, 'to_save']);
  expect((await world.setup(id)).status).toBe('awaiting_customer');
});

test('no link, cookie or form token reaches a row, the log or Stripe', async () => {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  const log = createLog({ level: 'debug', role: 'pages', destination });
  const app = Fastify({ logger: { level: 'trace', stream: destination } });
  const { world: inner } = world.api;
  registerSetupPages(app, {
    billing: { ...inner.deps, log },
    link_keys: [{ kid: 'k1', secret: 'a-link-secret-of-at-least-32-characters' }],
    merchant: { name: 'Powerline', support_email: 'help@example.test' },
    stripe_api_url: inner.simulator.url,
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const address = app.server.address();
  const here = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  const { link } = await asked();
  const browser = world.browser();

  const page = await browser.get(link.replace(world.url, here));
  const token = formToken(page);
  const checkout = await browser.post(page.url.concat('/accept'), { form_token: token });
  expect(checkout.url).toContain('/c/pay/');
  await browser.press(checkout, 'checkout-pay', { number: VISA });
  await app.close();

  const secrets = [token, browser.cookies[0]?.value, link].map(
    (text) => String(text).split('.').at(-1) ?? '',
  );
  expect(secrets.every((secret) => secret.length === 43)).toBe(true);
  const sent = JSON.stringify(await inner.simulator.control.requests());
  const tables = await world.sql<{ name: string }[]>`
    select table_name as name from information_schema.tables
    where table_schema = 'public' and table_type = 'BASE TABLE'`;
  const rows: string[] = [];
  for (const { name } of tables)
    rows.push(JSON.stringify(await world.sql`select t::text from ${world.sql(name)} t`));
  for (const secret of secrets)
    for (const text of [lines.join('\n'), sent, rows.join('\n')]) expect(text).not.toContain(secret);
  expect(lines.join('\n')).toContain('setup.accepted');
  expect(lines.join('\n')).not.toMatch(/_secret_|\/c\/pay\//);
});
