/**
 * A restore from its backup to charging on again, as the runbook has it (docs/deploy.md, "Failover, and what is lost"):
 *
 *   asked ─ backup ─ asked, withdrawn, a day, asked ─ put back, a day ─ half of it asked again ─ reconcile and its verbs
 *   ─ withdrawals entered again ─ charging on ─ days, until nothing is owed
 *
 * Once an operator says so beforehand (`restored`), once nobody says anything and the system has to see it.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { Reconciliation } from '../../../src/billing/janitor/reconcile.ts';
import { type Customers, customersOf } from '../../../test/chaos/customers.ts';
import { untilIdle, untilQuiet } from '../../../test/chaos/quiescence.ts';
import { type DataFolder, openDataFolder } from './data-folder.ts';
import { type Ground, openGround } from './ground.ts';
import { type Operator, operatorAt } from './operator.ts';
import { type Orders, ordersOf } from './orders.ts';
import { openShop, type Shop } from './shop.ts';
import { judge, paymentsOf, type Verdict } from './verdict.ts';

export type RestorePlay = {
  readonly play: 'restored' | 'unnoticed';
  readonly charges: number;
  readonly redis: boolean;
  readonly say: (line: string) => void;
};

export type RestoreReport = Omit<Verdict, 'complaints'> & {
  readonly play: string;
  readonly queue: string;
  readonly charges: number;
  /** The states that were lost, as they stood when the folder was put back. */
  readonly lost_states: Readonly<Record<string, number>>;
  readonly asked_again: number;
  /** Money that nobody asked for again, as `reconcile` listed it first, and how much of it was listed wrongly. */
  readonly listed: { readonly count: number; readonly minor: number; readonly wrong_minor: number };
  readonly verbs: Readonly<Record<string, number>>;
  readonly rounds: number;
  readonly reconcile_clean: boolean;
  readonly charging_on: boolean;
  readonly complaints: readonly string[];
  readonly seconds: number;
};

const DAY_S = 86_400;
const HOUR_S = 3_600;
const LATENCY_MS = [5, 30] as const;
const ROUNDS_MAX = 6;
const NOTICED_MS = 30_000;
const POLL_MS = 100;
const WORD = ['--reason', 'read from the mails of that day', '--by', 'prove-loss'];

type Scene = {
  readonly ground: Ground;
  readonly shop: Shop;
  readonly orders: Orders;
  readonly operator: Operator;
  readonly customers: Customers;
  readonly complaints: string[];
  readonly say: (line: string) => void;
};

/** Plays it. `complaints` is empty if everything held. */
export async function playRestore(given: RestorePlay): Promise<RestoreReport> {
  const { play, charges, redis } = given;
  const began_ms = performance.now();
  const seconds = (): number => Math.round((performance.now() - began_ms) / 1_000);
  const say = (line: string): void => given.say(`${play} ${seconds()} s: ${line}`);
  const folder = await openDataFolder();
  const ground = await openGround({ server_url: folder.url, redis, latency_ms: LATENCY_MS });
  let isHeld = false;
  try {
    const orders = ordersOf(charges);
    const shop = await openShop(ground, orders);
    const customers = customersOf({ inbox: ground.inbox, buyers: shop.buyers });
    const scene: Scene = {
      ground,
      shop,
      orders,
      operator: operatorAt(ground),
      customers,
      complaints: [],
      say,
    };
    const lost = await loseRows(scene, folder);
    await takeUp(scene, play);
    const settled = await settleBooks(scene);
    await turnOn(scene);
    const { sums, verdict } = await playOut(scene, lost.withdrawn);
    customers.stop();
    const { complaints: judged, ...counts } = verdict;
    const complaints = [...scene.complaints, ...judged];
    isHeld = complaints.length === 0;
    return {
      play,
      queue: ground.queue,
      charges: orders.after.length,
      lost_states: lost.states,
      asked_again: orders.after.filter(({ again }) => again !== 'not').length,
      ...settled,
      ...counts,
      reconcile_clean: sums.agree,
      charging_on: sums.charging_on,
      complaints,
      seconds: seconds(),
    };
  } finally {
    await ground.close({ logs: !isHeld });
    if (!isHeld) say(`logs in ${ground.logFolder}`);
    await folder.close();
  }
}

/** From a backup to its return, a day later than what was lost. */
async function loseRows(scene: Scene, folder: DataFolder) {
  const { ground, shop, orders, say } = scene;
  await ground.startCrew();
  await shop.place(orders.before);
  await idle(scene);
  await ground.stopCrew();
  await folder.backUp();
  say('backed up');
  await ground.startCrew();
  const withdrawn = await liveOn(scene);
  await ground.stopCrew();
  const states = await countStates(
    ground,
    orders.after.map(({ name }) => name),
  );
  await folder.putBack();
  await ground.setClock();
  await ground.advance(DAY_S + HOUR_S);
  say('put back');
  return { withdrawn, states };
}

const movedOf = ({ ground }: Scene) => ({
  sql: ground.database.sql,
  simulator: ground.simulator,
  secret_key: ground.secret_key,
  advance: ground.advance,
  // Nothing is left open: all of it is asked for again, or ended by a verb.
  foreign: [],
  losses: [],
});
const idle = (scene: Scene): Promise<void> => untilIdle(movedOf(scene), scene.customers);

/** What will be lost: a day in which customers come, pay, are asked, are refused and leave. */
async function liveOn(scene: Scene): Promise<ReadonlyMap<string, number>> {
  const { ground, shop, orders } = scene;
  const half = Math.ceil(orders.after.length / 2);
  for (const name of orders.new_payers) await shop.welcome(name);
  await shop.place(orders.after.slice(0, half));
  const withdrawn = new Map<string, number>();
  for (const what of orders.withdrawals) {
    await shop.withdraw(what);
    withdrawn.set(what.payer, await paymentsOf(ground, shop.customerOf(what.payer)));
  }
  await idle(scene);
  await ground.advance(DAY_S + HOUR_S);
  await idle(scene);
  await shop.place(orders.after.slice(half));
  await idle(scene);
  return withdrawn;
}

/** Starts on the old folder, and the merchant asks again for what it misses. */
async function takeUp(scene: Scene, play: RestorePlay['play']): Promise<void> {
  const { ground, shop, orders, operator, complaints, say } = scene;
  if (play === 'restored') {
    const { code, stderr } = await operator.type('restored');
    if (code !== 0) complaints.push(`restored: ${stderr}`);
  }
  await ground.startCrew();
  await shop.welcome(orders.new_payers[0] ?? '');
  await shop.repeat(orders.after);
  if (play === 'unnoticed') await untilNoticed(scene);
  await idle(scene);
  say('asked again');
}

async function untilNoticed({ operator, complaints }: Scene): Promise<void> {
  const end_ms = performance.now() + NOTICED_MS;
  while (performance.now() < end_ms) {
    const { stdout } = await operator.type('charging', 'status', '--json');
    if (stdout.includes('rows were lost')) return;
    await wait(POLL_MS);
  }
  complaints.push('nobody noticed that rows were lost');
}

async function countStates(
  { database: { sql } }: Ground,
  references: readonly string[],
): Promise<Record<string, number>> {
  const rows = await sql<{ state: string; count: number }[]>`
    select state, count(*)::int as count from charges where reference = any(${references as string[]})
    group by state order by state`;
  return Object.fromEntries(rows.map(({ state, count }) => [state, count]));
}

/** Reconciles until it is clean, ending by a verb of its kind whatever is open. */
async function settleBooks(scene: Scene): Promise<Pick<RestoreReport, 'listed' | 'verbs' | 'rounds'>> {
  const { operator, ground, complaints, say } = scene;
  let result = await operator.reconcile();
  const listed = await compareListed(ground, result);
  say(`listed ${listed.count} payments that nobody asks for again, ${listed.minor} minor units`);
  const customerOf = await merchantsBooks(scene);
  let rounds = 1;
  for (; rounds < ROUNDS_MAX; rounds += 1) {
    const open = await operator.listOpen();
    if (result.agree && open.length === 0) break;
    await operator.end(open, customerOf);
    await idle(scene);
    result = await operator.reconcile();
  }
  say(`reconciled in ${rounds} rounds: ${JSON.stringify(operator.verbs)}`);
  if (!result.agree) complaints.push(`reconcile is not clean: ${kindsOf(result)}`);
  for (const { kind, entity_id } of await operator.listOpen())
    complaints.push(`${kind} of ${entity_id} is still open`);
  if (listed.wrong_minor !== 0) complaints.push(`listed ${listed.wrong_minor} minor units wrongly`);
  return { listed, verbs: operator.verbs, rounds };
}

/** Whose money a PaymentIntent's is: the customer of the order that was told its charge, if the row is there. */
async function merchantsBooks({ ground, shop }: Scene): Promise<(intent: string) => string | null> {
  const { database, simulator, secret_key } = ground;
  const rows = await database.sql<{ id: string }[]>`select id from customers`;
  const here = new Set(rows.map(({ id }) => id));
  const payers = new Map(
    [...shop.placed.values()].flatMap(({ order, charges }) =>
      [...charges].map((id) => [id, shop.customerOf(order.payer)] as const),
    ),
  );
  const { payment_intents } = await simulator.control.ledger(secret_key);
  const owners = new Map(
    payment_intents.map(({ id, metadata }) => [id, payers.get(metadata.dc_charge ?? '')]),
  );
  return (intent) => {
    const customer = owners.get(intent) ?? null;
    return customer !== null && here.has(customer) ? customer : null;
  };
}

const kindsOf = ({ differences }: Reconciliation): string =>
  differences.map(({ kind, entity }) => `${kind} ${entity}`).join(', ');

/** The money that no charge here is bound to: as listed, beside Stripe's ledger. */
async function compareListed(
  { database: { sql }, simulator, secret_key }: Ground,
  { unclaimed }: Reconciliation,
): Promise<RestoreReport['listed']> {
  const bound = await sql<{ id: string }[]>`
    select stripe_payment_intent_id as id from charges where stripe_payment_intent_id is not null`;
  const isBound = new Set(bound.map(({ id }) => id));
  const { payment_intents } = await simulator.control.ledger(secret_key);
  const due = new Map(
    payment_intents
      .filter(({ id, status }) => status === 'succeeded' && !isBound.has(id))
      .map(({ id, amount_received }) => [id, amount_received]),
  );
  const seen = new Map(unclaimed.map((one) => [one.payment_intent, one.amount_minor]));
  const ids = new Set([...due.keys(), ...seen.keys()]);
  const wrong = [...ids].map((id) => Math.abs((due.get(id) ?? 0) - (seen.get(id) ?? 0)));
  const sum = (minor: Iterable<number>): number => [...minor].reduce((total, each) => total + each, 0);
  return { count: seen.size, minor: sum(seen.values()), wrong_minor: sum(wrong) };
}

/** Charging goes on with the word on withdrawals, and without it does not. */
async function turnOn({ operator, shop, orders, complaints }: Scene): Promise<void> {
  if ((await operator.type('charging', 'on', ...WORD)).code === 0)
    complaints.push('charging went on without the word on withdrawals');
  for (const what of orders.withdrawals) await shop.withdraw(what);
  const { code, stderr } = await operator.type('charging', 'on', '--withdrawals-entered', ...WORD);
  if (code !== 0) complaints.push(`charging on: ${stderr}`);
}

/** Days go by until nothing is owed; then a charge as on any day. */
async function playOut(scene: Scene, withdrawn: ReadonlyMap<string, number>) {
  scene.say('charging is on');
  const { ground, shop, operator, complaints } = scene;
  const rest = await untilQuiet(movedOf(scene), scene.customers);
  if (!rest.is_quiet) complaints.push('something does not come to its end');
  const name = 'a-day-like-any';
  await shop.place([
    { name, kind: 'paid', payer: 'good-0', amount_minor: 990, due_in_h: null, again: 'same' },
  ]);
  for (const id of shop.placed.get(name)?.charges ?? []) await ground.api.get(`/v1/charges/${id}?wait=20`);
  const verdict = await judge(ground, shop, withdrawn);
  const { agree, ...result } = await operator.reconcile();
  if (!agree) complaints.push(`reconcile is not clean at the end: ${kindsOf({ agree, ...result })}`);
  const { stdout } = await operator.type('charging', 'status', '--json');
  const charging_on = stdout.includes('"enabled":true');
  if (!charging_on) complaints.push('charging is off at the end');
  for (const refusal of operator.refusals) complaints.push(`refused: ${refusal}`);
  return { verdict, sums: { agree, charging_on } };
}
