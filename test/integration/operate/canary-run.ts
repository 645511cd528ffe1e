/** A run of real processes with a canary in every secret, address and token, and with errors of every kind. */
import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import type { NodeProcess } from '../../../sandbox/node-process.ts';
import { type Canary, type Place, redisPlaces, tablePlaces } from '../../harness/leaks.ts';
import { redisUrl } from '../../harness/services/services.ts';
import { type Buyer, shopOf } from '../../harness/shop.ts';
import { type Stack, startStack } from '../../harness/stack.ts';
import { until } from '../../harness/until.ts';
import { tellEndpoints } from './canary-endpoints.ts';

const ALL_BUT_MAILS = 'customer,setup,payment_method,charge,recovery,inbox_event';
const FAILPOINTS = 'confirm.after_effect:throw@1,setup.bind.before:throw@1,inbox.before:throw@2';

/** A text that occurs nowhere by chance. */
export const canary = (): string => `canary${randomBytes(12).toString('hex')}`;

const account = canary();
const secrets = {
  stripe_secret_key: `sk_test_${account}`,
  stripe_publishable_key: `pk_test_${account}`,
  stripe_webhook_secret: `whsec_${canary()}`,
  link_secret: `${canary()}${canary()}`,
};
const smtp_password = canary();
const name = `Robin ${canary()}`;
const user_agent = `Agent/${canary()}`;
const inCustomers = ['table customers', 'table events'];
/** We tell Stripe who its customer is, and look for them by their address. */
const toCustomers = ['stripe POST /v1/customers', 'stripe GET /v1/customers'];

export type CanaryRun = {
  readonly stack: Stack;
  /** Works on everything but mails. */
  readonly worker: NodeProcess;
  readonly canaries: readonly Canary[];
  /** What waited in the queue at some moment, for by the end it is empty. */
  readonly queued: readonly Place[];
  readonly sent: readonly Place[];
  readonly mails: readonly Place[];
};

let stack: Stack;
let worker: NodeProcess;
const canaries: Canary[] = [];
const queued: Place[] = [];

/** Plays it, once a file; the stack is the caller's to close, whatever comes of the run. */
export async function playCanaryRun(given: (started: Stack) => void): Promise<CanaryRun> {
  stack = await startStack({ secrets, smtp_auth: `merchant:${smtp_password}` });
  given(stack);
  const [, started] = await Promise.all([
    stack.startApi(),
    stack.startWorker({ failpoints: FAILPOINTS, roles: ALL_BUT_MAILS }),
  ]);
  worker = started;
  plant('Stripe key', account);
  plant('webhook secret', secrets.stripe_webhook_secret);
  plant('link secret', secrets.link_secret);
  plant('SMTP password', smtp_password);
  plant('API key', stack.api_key.split('_').slice(3).join('_'));
  plant('name', name, [...inCustomers, ...toCustomers]);
  plant('user agent', user_agent, ['table consents', 'table events']);
  await play();
  const requests = await stack.simulator.control.requests();
  const sent = requests.map(({ method, path, query, body, idempotency_key }) => ({
    name: `stripe ${method} ${path}`,
    text: JSON.stringify([path, query, body, idempotency_key]),
  }));
  const mails = stack.inbox.messages().map((mail) => ({ name: 'mail', text: JSON.stringify(mail) }));
  return { stack, worker, canaries, queued, sent, mails };
}

/** What is on the queue of a stack now. */
export async function queuePlaces(of: Stack): Promise<Place[]> {
  const url = redisUrl();
  return url === null ? tablePlaces(of.sql, 'bullmq') : redisPlaces(url);
}

function plant(of: string, text: string, allowed: readonly string[] = []): void {
  if (text.length < 12) throw new Error(`too short to be told from chance: ${of}`);
  canaries.push({ of, text, allowed });
}

/** Acts and looks at the queue while nobody takes anything from it. */
async function whileNobodyWorks<T>(act: () => Promise<T>): Promise<T> {
  process.kill(worker.pid, 'SIGSTOP');
  const acted = await act();
  queued.push(...(await queuePlaces(stack)));
  process.kill(worker.pid, 'SIGCONT');
  return acted;
}

type Shop = ReturnType<typeof shopOf>;
const roles = ['plain', 'bank', 'replaced', 'bounced', 'checkout'] as const;
type Buyers = Record<(typeof roles)[number], Buyer>;
type Charges = Record<Exclude<(typeof roles)[number], 'bounced'>, string>;

/** The run: five customers, everything that may hold a secret, and errors of every kind on the way. */
async function play(): Promise<void> {
  const shop = shopOf(stack);
  const buyers = await saveCards(shop);
  const charges = await chargeThem(shop, buyers);
  await startMails();
  await goToTheBank(shop, buyers.bank);
  await replaceTheCard(shop, buyers.replaced);
  await bounceAMail(shop, buyers.bounced);
  for (const id of [charges.plain, charges.bank, charges.replaced, charges.checkout])
    await shop.charged(id, 'succeeded');
  await tellMerchants();
  await askWrongly(buyers.plain);
  await plantClientSecrets();
  await plantFingerprints();
}

async function saveCards(shop: Shop): Promise<Buyers> {
  const registered = await whileNobodyWorks(async () => {
    const entries: [string, Buyer][] = [];
    for (const role of roles) {
      const email = `${canary()}@example.test`;
      plant('e-mail address', email, [...inCustomers, ...toCustomers, 'mail']);
      const via = role === 'checkout' ? 'checkout' : 'elements';
      entries.push([role, await shop.register(email, { via, name, user_agent })]);
    }
    return Object.fromEntries(entries) as Buyers;
  });
  for (const buyer of Object.values(registered))
    await shop.shown(`/v1/setups/${buyer.setup}`, (seen) => seen.status === 'awaiting_customer');
  await whileNobodyWorks(async () => {
    expect(await shop.enterCard(registered.plain, 'pm_card_visa')).toBe(200);
    expect(await shop.enterCard(registered.bank, 'pm_card_authenticationRequired')).toBe(200);
    expect(await shop.enterCard(registered.replaced, 'pm_card_mastercard')).toBe(200);
    expect(await shop.enterCard(registered.bounced, 'pm_card_amex')).toBe(200);
    await shop.enterAtCheckout(registered.checkout, '4242424242424242');
    await until(
      'webhooks are stored',
      async () => {
        const rows = await stack.sql`select 1 from inbox_events where type = 'setup_intent.succeeded'`;
        return rows.length === roles.length;
      },
      { tell: () => stack.sql`select type, object_id from inbox_events` },
    );
  });
  for (const role of ['replaced', 'bounced'] as const) {
    const { payment_method } = await shop.saved(registered[role]);
    await stack.simulator.control.script(String(payment_method), ['expired_card']);
  }
  return registered;
}

async function chargeThem(shop: Shop, buyers: Buyers): Promise<Charges> {
  await stack.simulator.control.faults({
    match: { route: '/v1/payment_intents', method: 'POST' },
    action: 'html_502',
  });
  for (const buyer of Object.values(buyers)) await shop.saved(buyer);
  return whileNobodyWorks(async () => {
    const entries: [string, string][] = [];
    for (const [role, buyer] of Object.entries(buyers))
      if (role !== 'bounced') entries.push([role, await shop.charge(buyer.id)]);
    return Object.fromEntries(entries) as Charges;
  });
}

/** The mails of two recoveries wait until somebody sends them. */
async function startMails(): Promise<void> {
  await until('two mails are owed', async () => {
    const rows = await stack.sql`select 1 from messages where state = 'queued' and offered_at is not null`;
    return rows.length === 2;
  });
  queued.push(...(await queuePlaces(stack)));
  await stack.startWorker({ roles: 'message,webhook_endpoint,delivery' });
}

async function tellMerchants(): Promise<void> {
  const { secrets: shown, receiver } = await tellEndpoints(stack);
  for (const text of shown) plant('secret of an endpoint', text);
  await receiver.close();
}

async function goToTheBank(shop: Shop, { email }: Buyer): Promise<void> {
  const link = await shop.link(email);
  plantToken('link', link);
  const bank = await shop.press(link, 'confirm');
  for (const cookie of bank.browser.cookies) plantToken('cookie', cookie.value);
  plant('address of the bank’s page', new URL(bank.url).pathname);
  await bank.browser.press(bank, '3ds-complete');
}

async function replaceTheCard(shop: Shop, { email }: Buyer): Promise<void> {
  const link = await shop.link(email);
  plantToken('link', link);
  const session = await shop.press(link, 'replace');
  plant('address of Checkout’s page', new URL(session.url).pathname);
  const back = await session.browser.press(session, 'checkout-pay', { number: '4242424242424242' });
  const form = /name="form_token" value="([^"]+)"/.exec(back.html)?.[1] ?? '';
  plantToken('form token', form);
  await session.browser.press(back, 'pay-replacement');
}

async function bounceAMail(shop: Shop, { id }: Buyer): Promise<void> {
  stack.inbox.refuse({ code: 550, at: 'recipient' });
  await shop.charge(id);
  await until('the mail has bounced', async () => {
    const rows = await stack.sql`select 1 from recoveries where bounced_at is not null`;
    return rows.length === 1;
  });
  stack.inbox.refuse(null);
}

/** The end of a token is its secret; the rest names the recovery. */
function plantToken(of: string, token: string): void {
  plant(of, token.split('.').at(-1) ?? '', of === 'link' ? ['mail'] : []);
}

/** Requests that are refused, each with a canary in it. */
async function askWrongly({ email }: Buyer): Promise<void> {
  const wrong = `${stack.api_key.slice(0, -12)}${canary().slice(-12)}`;
  plant('wrong API key', wrong.slice(-43));
  const post = (path: string, init: RequestInit) =>
    fetch(`${stack.api_url}${path}`, { method: 'POST', ...init });
  const authorization = `Bearer ${stack.api_key}`;
  const json = { authorization, 'content-type': 'application/json', 'idempotency-key': canary() };
  const answers = await Promise.all([
    post('/v1/customers', { headers: { ...json, authorization: `Bearer ${wrong}` }, body: '{}' }),
    post('/v1/customers', { headers: json, body: `{"email": "${email}", "name": ` }),
    post('/v1/customers', { headers: json, body: JSON.stringify({ email, [email]: 1 }) }),
    post('/webhooks/stripe', {
      headers: { 'stripe-signature': 't=1,v1=00' },
      body: JSON.stringify({ email }),
    }),
    post(`/r/v1.rec_x.1.${wrong.slice(-43)}`, {}),
    fetch(`${stack.api_url}/v1/customers/${encodeURIComponent(email)}`, { headers: json }),
  ]);
  expect(answers.map((answer) => answer.status)).toEqual([401, 400, 400, 400, 200, 404]);
}

async function plantClientSecrets(): Promise<void> {
  const intents = [
    ...(await stack.sdk.paymentIntents.list({ limit: 100 })).data,
    ...(await stack.sdk.setupIntents.list({ limit: 100 })).data,
  ];
  for (const intent of intents)
    plant('client secret', String(intent.client_secret), ['stripe POST /v1/setup_intents']);
}

/** Of every card that was saved; only a keyed hash of it is kept. */
async function plantFingerprints(): Promise<void> {
  const methods = await stack.sql<{ id: string; fingerprint_hash: string | null }[]>`
    select id, fingerprint_hash from payment_methods where type = 'card'`;
  for (const { id, fingerprint_hash } of methods) {
    expect(fingerprint_hash).not.toBeNull();
    plant('fingerprint', (await stack.sdk.paymentMethods.retrieve(id)).card?.fingerprint ?? '');
  }
}
