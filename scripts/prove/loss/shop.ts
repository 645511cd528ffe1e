/** The merchant's program, as careful as one is: it repeats what was not accepted, and keeps every answer. */
import { setTimeout as wait } from 'node:timers/promises';
import { HOUR_MS } from '../../../src/domain/durations.ts';
import { readNow } from '../../../src/store/postgres/instance.ts';
import { type Buyer, MERCHANTS_OWN_KEY, savePayers } from '../../../test/chaos/payers.ts';
import type { ApiAnswer } from '../../../test/harness/api-caller.ts';
import type { Ground } from './ground.ts';
import type { Order, Orders, Withdrawal } from './orders.ts';

/** An order with what the API said about it. */
export type Placed = {
  readonly order: Order;
  /** Charges that a 202 named for it; several when it was asked for under another key. */
  readonly charges: Set<string>;
  /** Refusals of any kind. */
  readonly refused: string[];
};

export type Shop = {
  readonly placed: ReadonlyMap<string, Placed>;
  /** Our customer of a payer. */
  customerOf(payer: string): string;
  readonly buyers: readonly Buyer[];
  place(orders: readonly Order[]): Promise<void>;
  /** Posts again what is to be posted again, however it is. */
  repeat(orders: readonly Order[]): Promise<void>;
  /** Brings a customer, who saves a card in the merchant's form; again: the same requests. */
  welcome(name: string): Promise<void>;
  withdraw(what: Withdrawal): Promise<void>;
};

const WIDTH = 8;
const RETURN_URL = 'https://shop.example/back';
const PATIENCE_MS = 45_000;
const PAUSE_MS = 150;
const LATER = new Set([408, 425, 429, 500, 502, 503, 504]);
const CONSENT = {
  scope: 'off_session',
  frequency: 'recurring',
  amount_basis: 'metered usage, monthly',
  text: 'You may charge this card for what I use.',
  version: '2026-10',
  ip_address: '203.0.113.7',
  user_agent: 'prove-loss',
} as const;

/** A shop whose payers have saved their cards long ago. */
export async function openShop(ground: Ground, orders: Orders): Promise<Shop> {
  const { database, simulator, api } = ground;
  const buyers = await savePayers(database.sql, simulator, ground.sdk, orders.payers);
  const customers = new Map(buyers.map(({ id, payer }) => [payer.name, id]));
  const placed = new Map<string, Placed>();
  // What a merchant keeps of a person: it is the same whenever it is sent.
  const accepted_at = new Date(Date.now() - 60_000).toISOString();

  async function post(path: string, body: object | undefined, key: string): Promise<ApiAnswer> {
    const end_ms = performance.now() + PATIENCE_MS;
    for (;;) {
      const answer = await api.post(path, body, key).catch(() => null);
      if (answer !== null && !LATER.has(answer.status)) return answer;
      if (performance.now() > end_ms) throw new Error(`${path} was not answered (${answer?.status})`);
      await wait(PAUSE_MS);
    }
  }

  const customerOf = (payer: string): string => {
    const id = customers.get(payer);
    if (id === undefined) throw new Error(`${payer} is no customer`);
    return id;
  };

  async function ask(order: Order, key: string, amount: number): Promise<void> {
    const one = placed.get(order.name) ?? { order, charges: new Set<string>(), refused: [] };
    placed.set(order.name, one);
    const { kind, due_in_h } = order;
    const due = due_in_h === null ? {} : { due_at: await dueAt(ground, due_in_h) };
    const customer = customerOf(order.payer);
    const said = { amount, currency: 'eur', description: `Power, ${kind}`, reference: order.name };
    const answer = await post('/v1/charges', { customer, ...said, ...due }, key);
    if (answer.status === 202) one.charges.add(answer.body.id);
    else one.refused.push(`${answer.status} ${String(answer.body.code)}`);
  }

  return {
    placed,
    customerOf,
    buyers,
    place: (given) => inLanes(given, (order) => ask(order, `key-${order.name}`, order.amount_minor)),
    repeat: (given) =>
      inLanes(
        given.filter(({ again }) => again !== 'not'),
        (order) => {
          const key = order.again === 'other_key' ? `other-key-${order.name}` : `key-${order.name}`;
          return ask(order, key, order.amount_minor + (order.again === 'other_amount' ? 100 : 0));
        },
      ),
    welcome: async (name) => {
      const person = { email: `${name}@loss.example.test`, name, reference: name };
      const { body } = await post('/v1/customers', person, `customer-${name}`);
      customers.set(name, body.id);
      await saveCard(ground, post, { customer: body.id, name, accepted_at });
    },
    withdraw: async ({ verb, payer }) => {
      const path = await withdrawalPath(ground, verb, customerOf(payer));
      const { status } = await post(path, undefined, `withdrawal-${verb}-${payer}`);
      if (status >= 300) throw new Error(`${verb} of ${payer} was answered ${status}`);
    },
  };
}

async function inLanes<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  await Promise.all(
    Array.from({ length: WIDTH }, async () => {
      for (const item of queue) await work(item);
    }),
  );
}

async function dueAt({ database }: Ground, in_h: number): Promise<string> {
  return new Date((await readNow(database.sql)).getTime() + in_h * HOUR_MS).toISOString();
}

/** Saves a card in the merchant's own form, unless the repeated request finds it saved. */
async function saveCard(
  { api, sdk }: Ground,
  post: (path: string, body: object, key: string) => Promise<ApiAnswer>,
  who: { readonly customer: string; readonly name: string; readonly accepted_at: string },
): Promise<void> {
  const { customer, name, accepted_at } = who;
  const consent = { ...CONSENT, accepted_at };
  const { body } = await post('/v1/setups', { customer, return_url: RETURN_URL, consent }, `setup-${name}`);
  let setup: ApiAnswer['body'] = body;
  const end_ms = performance.now() + PATIENCE_MS;
  while (setup.status !== 'succeeded') {
    if (performance.now() > end_ms) throw new Error(`the card of ${name} is not saved: ${setup.status}`);
    const intent = setup.stripe_setup_intent_id;
    if (setup.status === 'awaiting_customer' && typeof intent === 'string') await confirmOnce(sdk, intent);
    await wait(PAUSE_MS);
    setup = (await api.get(`/v1/setups/${body.id}`)).body;
  }
}

async function confirmOnce(sdk: Ground['sdk'], intent: string): Promise<void> {
  const { status } = await sdk.setupIntents.retrieve(intent);
  if (status === 'succeeded') return;
  const card = { payment_method: 'pm_card_visa', return_url: RETURN_URL };
  await sdk.setupIntents.confirm(intent, card, { idempotencyKey: `${MERCHANTS_OWN_KEY}${intent}` });
}

async function withdrawalPath(
  { database: { sql } }: Ground,
  verb: Withdrawal['verb'],
  customer: string,
): Promise<string> {
  const rows = await sql<{ consent: string; method: string; charge: string | null }[]>`
    select m.consent_id as consent, m.id as method,
           (select id from charges where customer_id = ${customer}) as charge
    from payment_methods m where m.customer_id = ${customer}`;
  const [row] = rows;
  switch (verb) {
    case 'revoke':
      return `/v1/consents/${row?.consent}/revoke`;
    case 'stop':
      return `/v1/customers/${customer}/stop`;
    case 'cancel':
      return `/v1/charges/${row?.charge}/cancel`;
    case 'detach':
      return `/v1/payment_methods/${row?.method}/detach`;
  }
}
