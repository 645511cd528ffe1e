/** Waits until the merchant is in the middle of something. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Order } from './orders.ts';
import type { Shop } from './shop.ts';

const POLL_MS = 10;
const TAKEN_MS = 45_000;

/** Resolves when the API has accepted this part (0 to 1) of the orders, which are being placed. */
export async function untilTaken(shop: Shop, orders: readonly Order[], part: number): Promise<void> {
  const end_ms = performance.now() + TAKEN_MS;
  const taken = (): number =>
    orders.filter(({ name }) => (shop.placed.get(name)?.charges.size ?? 0) > 0).length;
  while (taken() < orders.length * part) {
    if (performance.now() > end_ms) throw new Error('the API takes in no orders');
    await wait(POLL_MS);
  }
}
