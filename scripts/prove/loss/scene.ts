/** What every play has: the ground, a shop on it, its operator and its customers, and what was found wrong. */
import { type Customers, customersOf } from '../../../test/chaos/customers.ts';
import { stripeOf } from '../../../test/chaos/payers.ts';
import { untilIdle } from '../../../test/chaos/quiescence.ts';
import { type Ground, openGround } from './ground.ts';
import { type Operator, operatorAt } from './operator.ts';
import { type Orders, ordersOf } from './orders.ts';
import { openShop, type Shop } from './shop.ts';

export type PlayOptions = {
  readonly play: string;
  /** How many are asked for between the backup and its return, or around the failover. */
  readonly charges: number;
  readonly redis: boolean;
  readonly say: (line: string) => void;
};

export type Scene = {
  readonly ground: Ground;
  readonly shop: Shop;
  readonly orders: Orders;
  readonly operator: Operator;
  readonly customers: Customers;
  /** One line for each thing that did not hold. */
  readonly complaints: string[];
  readonly say: (line: string) => void;
};

export const DAY_S = 86_400;
export const HOUR_S = 3_600;
const LATENCY_MS = [5, 30] as const;

/** Sets it on this Postgres, lets it be played, and clears it away; logs stay if something did not hold. */
export async function onScene<R extends { readonly complaints: readonly string[] }>(
  given: PlayOptions,
  server: { readonly url: string; close(): Promise<void> },
  act: (scene: Scene) => Promise<R>,
): Promise<R & { readonly seconds: number }> {
  const { play, charges, redis } = given;
  const began_ms = performance.now();
  const seconds = (): number => Math.round((performance.now() - began_ms) / 1_000);
  const say = (line: string): void => given.say(`${play} ${seconds()} s: ${line}`);
  const ground = await openGround({ server_url: server.url, redis, latency_ms: LATENCY_MS });
  let isHeld = false;
  try {
    const orders = ordersOf(charges);
    const shop = await openShop(ground, orders);
    const customers = customersOf({ inbox: ground.inbox, buyers: shop.buyers });
    const operator = operatorAt(ground);
    const report = await act({ ground, shop, orders, operator, customers, complaints: [], say });
    customers.stop();
    isHeld = report.complaints.length === 0;
    return { ...report, seconds: seconds() };
  } finally {
    await ground.close({ logs: !isHeld });
    if (!isHeld) say(`logs in ${ground.logFolder}`);
    await server.close();
  }
}

/** What is waited for, and moved on. */
export const movedOf = ({ ground }: Scene) => ({
  sql: ground.database.sql,
  simulator: ground.simulator,
  secret_key: ground.secret_key,
  stripe: stripeOf(ground.simulator, ground.secret_key),
  advance: ground.advance,
  // Nothing is left open: all of it is asked for again, or ended by a verb.
  foreign: [],
  losses: [],
});

export const idle = (scene: Scene): Promise<void> => untilIdle(movedOf(scene), scene.customers);
