import { setTimeout as wait } from 'node:timers/promises';
import type { FaultAction } from '../../../simulator/http/faults.ts';
import { pick, type Random } from '../chance.ts';
import type { Hits } from '../faults/fault.ts';
import type { Asked, Merchant } from '../merchant.ts';
import type { Buyer } from '../payers.ts';
import type { PlannedDeed } from '../plan.ts';
import type { World } from '../world.ts';

/** Where a deed is done, and about whom. */
export type Scene = {
  readonly world: World;
  readonly merchant: Merchant;
  readonly deed: PlannedDeed;
  readonly buyer: Buyer;
  readonly random: Random;
  /** Resolves at this time of the plan, at once when it has passed. */
  until(at_ms: number): Promise<void>;
};

/** Places its charges, does what it does at its time, and resolves when it is done. */
export type Deed = (scene: Scene) => Promise<Hits>;

const PATIENCE_MS = 40_000;
const POLL_MS = 25;

/** Tries until there is something to do it to, or patience ends; a try may fail, as when a service is down. */
export async function untilDone<T>(attempt: () => Promise<T | null>): Promise<T | null> {
  const end_ms = performance.now() + PATIENCE_MS;
  for (;;) {
    const done = await attempt().catch(() => null);
    if (done !== null || performance.now() > end_ms) return done;
    await wait(POLL_MS);
  }
}

export const hit = (did: boolean): Hits => {
  const hits = did ? 1 : 0;
  return () => hits;
};

/** As the customer gave it a while ago. */
export function newConsent() {
  return {
    scope: 'off_session',
    frequency: 'recurring',
    amount_basis: 'usage',
    text: 'I agree.',
    version: '2',
    accepted_at: '2026-01-01T00:00:00Z',
    ip_address: '203.0.113.7',
    user_agent: 'chaos',
  } as const;
}

/** What Stripe or the way to it does to a confirm, so that it is sent again just when permission ends. */
const TROUBLES: readonly (FaultAction | null)[] = [
  { type: 'rate_limit' },
  { type: 'rate_limit' },
  { type: 'status', status: 500, effect: 'none' },
  { type: 'status', status: 500, effect: 'commit' },
  { type: 'reset_before' },
  { type: 'reset_after' },
  { type: 'hang_after' },
  null,
];

/** Asks for the deed's charges, and lets the first confirms of most of them fail. */
export function placeTroubled(
  { world, merchant, deed, random }: Scene,
  orders = deed.orders,
): Promise<Asked[]> {
  return Promise.all(
    orders.map(async (order) => {
      const drawn = drawTrouble(random);
      const asked = await merchant.place(order);
      const [charge] = asked.told;
      if (charge !== undefined) await trouble(world, `dc1:${charge}:confirm`, drawn);
      return asked;
    }),
  );
}

type Trouble = { readonly action: FaultAction | null; readonly times: number };

/** What a request meets, and how often. */
export function drawTrouble(random: Random): Trouble {
  const action = pick(random, TROUBLES);
  return { action, times: 1 + random.below(3) };
}

/** Lets the first requests under keys that begin like this fail; or not. */
export async function trouble({ simulator }: World, key: string, { action, times }: Trouble): Promise<void> {
  if (action === null) return;
  await simulator.control.faults({ match: { method: 'POST', key }, action, times });
}
