/**
 * The merchant's program: it asks for charges as a careful program does, again and again under the same
 * Idempotency-Key until it gets a 202, and records the answers.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { Order } from './plan.ts';
import type { World } from './world.ts';

/** A request, and every charge that a 202 named for it. */
export type Asked = {
  readonly order: Order;
  readonly customer_id: string;
  /** Ids in the answers; more than one distinct is a fault of ours. */
  readonly told: string[];
  /** Refusals that no weather explains. */
  readonly refused: string[];
};

export type Merchant = {
  /** Asks at its time, and cancels if the plan says so. Resolves when it has an answer. */
  place(order: Order): Promise<void>;
  readonly asked: readonly Asked[];
};

const PATIENCE_MS = 45_000;
const PAUSE_MS = 150;
/** Answers that mean "not now": a program that wants its money then asks again. */
const LATER = new Set([408, 409, 425, 429, 500, 502, 503, 504]);

/** A merchant in front of a world's API. */
export function merchantOf(world: World, started_ms: number): Merchant {
  const { api, buyers } = world;
  const asked: Asked[] = [];

  async function post(path: string, body: object | undefined, key: string) {
    const end_ms = performance.now() + PATIENCE_MS;
    for (;;) {
      const answer = await api.post(path, body, key).catch(() => null);
      if (answer !== null && !LATER.has(answer.status)) return answer;
      // A cancel that comes too late gets a 409, and that is an answer.
      if (answer?.status === 409 && path.endsWith('/cancel')) return answer;
      if (performance.now() > end_ms) return answer;
      await wait(PAUSE_MS);
    }
  }

  async function ask(one: Asked): Promise<void> {
    const { order, customer_id } = one;
    const body = {
      customer: customer_id,
      amount: order.amount_minor,
      currency: 'eur',
      description: 'Power in October',
      reference: order.key,
    };
    const answer = await post('/v1/charges', body, order.key);
    if (answer?.status === 202) one.told.push(answer.body.id);
    else one.refused.push(`${answer?.status ?? 'no answer'}`);
  }

  return {
    asked,
    place: async (order) => {
      const one: Asked = { order, customer_id: buyers[order.payer]?.id ?? '', told: [], refused: [] };
      asked.push(one);
      await wait(Math.max(0, started_ms + order.at_ms - performance.now()));
      await Promise.all(order.doubled ? [ask(one), ask(one)] : [ask(one)]);
      const [charge] = one.told;
      if (order.cancel_after_ms === null || charge === undefined) return;
      await wait(order.cancel_after_ms);
      await post(`/v1/charges/${charge}/cancel`, undefined, `cancel-${order.key}`);
    },
  };
}
