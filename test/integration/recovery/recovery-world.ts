/**
 * The world of `test/harness/world.ts` with the customer's side: an inbox, the pages on a real port, and a browser of
 * the simplest kind, which keeps cookies by path, follows redirects and submits the forms that it finds.
 */

import { createServer } from 'node:net';
import Fastify from 'fastify';
import { expect } from 'vitest';
import { type Inbox, startInbox } from '../../../sandbox/inbox.ts';
import { createLog } from '../../../src/platform/log.ts';
import { registerRecoveryPages } from '../../../src/recovery/page/pages.ts';
import { requestClose } from '../../../src/store/charge/close-requests.ts';
import { createWorld, type WorldOptions } from '../../harness/world.ts';

/** As in `test/harness/world.ts`. */
const LINK_KEYS = [{ kid: 'k1', secret: 'a-link-secret-of-at-least-32-characters' }] as const;

export type RecoveryWorld = Awaited<ReturnType<typeof createRecoveryWorld>>;

/** Starts it; close it after the file. */
export async function createRecoveryWorld(options: WorldOptions = {}) {
  const inbox = await startInbox();
  const url = `http://127.0.0.1:${await freePort()}`;
  const smtp = { host: '127.0.0.1', port: Number(new URL(inbox.smtp_url).port) };
  const world = await createWorld({ smtp, publicUrl: url, ...options });
  const logged: string[] = [];
  const destination = { write: (line: string) => void logged.push(line) };
  const log = createLog({ level: 'debug', role: 'pages', destination });
  Object.assign(world.deps, { log });
  const app = Fastify({ logger: { level: 'trace', stream: destination } });
  registerRecoveryPages(app, {
    billing: world.deps,
    link_keys: [...LINK_KEYS],
    merchant: { name: 'Powerline', support_email: 'help@example.test' },
    stripe_api_url: world.simulator.url,
  });
  await app.listen({ host: '127.0.0.1', port: Number(new URL(url).port) });
  return {
    ...world,
    url,
    inbox,
    app,
    /** Every line that pages, workers and Fastify itself have logged. */
    logged,
    browser: (): Browser => createBrowser(),
    cancel: (charge: string) =>
      requestClose(world.sql, [charge], {
        as: 'canceled',
        detail: null,
        recovery: 'revoked',
        cause: 'api',
        cause_reference: null,
      }),
    /** A charge that waits for its customer, and the link in the mail that they got. */
    async asked(token: string, script?: Parameters<typeof world.customer>[1], amount_minor = 4_299) {
      const customer = await world.customer(token, script);
      const charge = await world.charge(customer, amount_minor);
      await world.work();
      const link = linkOf(inbox, customer.customer_id);
      return { customer, charge, link };
    },
    /** The newest link mailed to a customer of `world.customer()`. */
    linkTo: (customer_id: string) => linkOf(inbox, customer_id),
    mailsTo: (customer_id: string) => mailsOf(inbox, customer_id),
    async close() {
      await app.close();
      await inbox.close();
      await world.close();
    },
  };
}

function mailsOf(inbox: Inbox, customer_id: string) {
  return inbox.messages().filter((mail) => mail.to === `${customer_id}@example.test`);
}

function linkOf(inbox: Inbox, customer_id: string): string {
  const link = mailsOf(inbox, customer_id)
    .flatMap((mail) => mail.links)
    .find((address) => address.includes('/r/'));
  if (link === undefined) throw new Error('no link was mailed');
  return link;
}

export type Page = {
  readonly status: number;
  readonly url: string;
  readonly html: string;
  readonly headers: Headers;
  /** The addresses that redirected here, in order. */
  readonly through: readonly string[];
};

export type Browser = {
  get(url: string, headers?: Record<string, string>): Promise<Page>;
  /** Submits the form that holds the element with this `data-testid`, as a browser would. */
  press(page: Page, testid: string, fields?: Record<string, string>): Promise<Page>;
  post(url: string, fields: Record<string, string>, headers?: Record<string, string>): Promise<Page>;
  readonly cookies: { name: string; value: string; path: string; host: string }[];
};

/** A browser with an empty cookie jar. */
export function createBrowser(): Browser {
  const cookies: Browser['cookies'] = [];

  async function go(url: string, init: RequestInit, through: string[] = []): Promise<Page> {
    const { host, pathname } = new URL(url);
    const sent = cookies.filter((cookie) => cookie.host === host && pathname.startsWith(cookie.path));
    const headers = new Headers(init.headers);
    if (sent.length > 0) headers.set('cookie', sent.map(({ name, value }) => `${name}=${value}`).join('; '));
    const answer = await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const text of answer.headers.getSetCookie()) keep(text, host);
    const location = answer.headers.get('location');
    if (location !== null && through.length < 10) {
      await answer.arrayBuffer();
      return go(new URL(location, url).href, {}, [...through, url]);
    }
    return { status: answer.status, url, html: await answer.text(), headers: answer.headers, through };
  }

  function keep(text: string, host: string): void {
    const [pair = '', ...attributes] = text.split('; ');
    const [name = '', value = ''] = pair.split('=');
    const path = attributes.find((attribute) => attribute.startsWith('Path='))?.slice(5) ?? '/';
    const known = cookies.findIndex((cookie) => cookie.name === name && cookie.path === path);
    if (known >= 0) cookies.splice(known, 1);
    cookies.push({ name, value, path, host });
  }

  const post: Browser['post'] = (url, fields, headers = {}) =>
    go(url, { method: 'POST', body: new URLSearchParams(fields), headers });
  return {
    cookies,
    get: (url, headers = {}) => go(url, { headers }),
    post,
    press: (page, testid, fields = {}) => {
      const form = formOf(page, testid);
      return post(form.action, { ...form.fields, ...fields }, { origin: new URL(page.url).origin });
    },
  };
}

/** The form around an element: where it goes and its hidden fields. */
function formOf(page: Page, testid: string): { action: string; fields: Record<string, string> } {
  const forms = page.html.match(/<form[\s\S]*?<\/form>/g) ?? [];
  const form = forms.find((text) => text.includes(`data-testid="${testid}"`));
  if (form === undefined) throw new Error(`no form with ${testid} at ${page.status} ${page.url}`);
  const action = /<form[^>]*action="([^"]*)"/.exec(form)?.[1] ?? page.url;
  const fields: Record<string, string> = {};
  for (const [input] of form.matchAll(/<input[^>]*type="hidden"[^>]*>/g)) {
    const name = /name="([^"]*)"/.exec(input)?.[1];
    if (name !== undefined) fields[name] = /value="([^"]*)"/.exec(input)?.[1] ?? '';
  }
  const button = new RegExp(`<button[^>]*data-testid="${testid}"[^>]*>`).exec(form)?.[0] ?? '';
  const name = /name="([^"]*)"/.exec(button)?.[1];
  if (name !== undefined) fields[name] = /value="([^"]*)"/.exec(button)?.[1] ?? '';
  return { action: new URL(action.replaceAll('&amp;', '&'), page.url).href, fields };
}

/** The text of the element marked `state`, or null. */
export function stateOf(page: Page): string | null {
  return /data-testid="state"[^>]*>([a-z_]*)</.exec(page.html)?.[1] ?? null;
}

/** What every page behind a link forbids: framing, scripts, referrers and caches. */
export function expectStrict(headers: Headers): void {
  const policy = headers.get('content-security-policy') ?? '';
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toMatch(/unsafe|script-src/);
  expect(headers.get('referrer-policy')).toBe('no-referrer');
  expect(headers.get('cache-control')).toBe('no-store');
}

/** Whether the page offers the element. */
export function offers(page: Page, testid: string): boolean {
  return page.html.includes(`data-testid="${testid}"`);
}

/** One hash for every table: whatever is written shows. What Stripe still had to tell has been told before. */
export async function fingerprint({
  sql,
  simulator,
}: Pick<RecoveryWorld, 'sql' | 'simulator'>): Promise<Record<string, string>> {
  await simulator.control.deliveries();
  const tables = await sql<{ name: string }[]>`
    select table_name as name from information_schema.tables
    where table_schema = 'public' and table_type = 'BASE TABLE' order by 1`;
  const hashes: Record<string, string> = {};
  for (const { name } of tables) {
    const [row] = await sql<{ hash: string }[]>`
      select count(*) || ' ' || coalesce(md5(string_agg(t::text, '|' order by t::text)), '') as hash
      from ${sql(name)} t`;
    hashes[name] = row?.hash ?? '';
  }
  return hashes;
}

/** A port that is free right now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
