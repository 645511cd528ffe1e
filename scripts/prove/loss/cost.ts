/** What a charge costs: requests to Stripe, by the simulator's log, and time, by our rows. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Order } from './orders.ts';
import type { Scene } from './scene.ts';

export type Cost = {
  /** For each charge: its creates and confirms, other requests that name it, and the lists. */
  readonly requests: number;
  /** Of these, lists of the customer's PaymentIntents. */
  readonly lists: number;
  /** From the first that was accepted to the last that was settled, divided by their number. */
  readonly wall_ms: number;
  /** From being accepted to being settled. */
  readonly settled_p50_ms: number;
  readonly settled_p99_ms: number;
};

const POLL_MS = 50;
const SETTLED_MS = 120_000;

/** Places these, waits until all are settled, and counts; no other charge may begin meanwhile. */
export async function measureCharges(scene: Scene, orders: readonly Order[]): Promise<Cost> {
  const { ground, shop } = scene;
  const { control } = ground.simulator;
  const before = (await control.requests()).length;
  await shop.place(orders);
  const references = orders.map(({ name }) => name);
  await untilSettled(scene, references);
  const charges = await ground.database.sql<{ id: string; intent: string | null }[]>`
    select id, stripe_payment_intent_id as intent from charges where reference = any(${references})`;
  const isOurs = ({ path, body }: { readonly path: string; readonly body: string }): boolean =>
    charges.some(({ id, intent }) => body.includes(id) || (intent !== null && path.includes(intent)));
  const asked = (await control.requests()).slice(before);
  // A look names the customer; nothing else lists a customer's PaymentIntents meanwhile.
  const lists = asked.filter(
    ({ path, query }) => path === '/v1/payment_intents' && query.includes('customer='),
  ).length;
  const others = asked.filter(isOurs).length;
  const [row] = await ground.database.sql<Omit<Cost, 'requests' | 'lists'>[]>`
    select (extract(epoch from max(settled_at) - min(created_at)) * 1000)::float8 as wall_ms,
           (percentile_disc(0.5) within group (order by took) * 1000)::float8 as settled_p50_ms,
           (percentile_disc(0.99) within group (order by took) * 1000)::float8 as settled_p99_ms
    from (select c.*, extract(epoch from settled_at - created_at) as took from charges c
          where reference = any(${references}) and state = 'succeeded') as paid`;
  const each = (sum: number): number => Math.round((sum / orders.length) * 100) / 100;
  return {
    requests: each(lists + others),
    lists: each(lists),
    wall_ms: each(row?.wall_ms ?? 0),
    settled_p50_ms: Math.round(row?.settled_p50_ms ?? 0),
    settled_p99_ms: Math.round(row?.settled_p99_ms ?? 0),
  };
}

async function untilSettled({ ground, complaints }: Scene, references: readonly string[]): Promise<void> {
  const end_ms = performance.now() + SETTLED_MS;
  while (performance.now() < end_ms) {
    const [row] = await ground.database.sql<{ open: number }[]>`
      select count(*)::int as open from charges
      where reference = any(${references as string[]}) and settled_at is null`;
    if (row?.open === 0) return;
    await wait(POLL_MS);
  }
  complaints.push('charges that pay at once are not settled');
}
