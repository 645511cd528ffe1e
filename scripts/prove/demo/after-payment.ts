/** What happens to payments that were made: one goes back in part, and one bank asks for its money and loses. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Display } from './display.ts';
import type { Merchant } from './merchant.ts';
import { control, type Simulator } from './trouble.ts';

type Shown = {
  readonly id: string;
  readonly status: string;
  readonly amount: number;
  readonly amount_refunded: number;
  readonly stripe_payment_intent_id: string;
  readonly disputes: readonly { readonly id: string; readonly status: string }[];
};

export type AfterPayment = { readonly refunded_minor: number; readonly disputes_won: number };

const POLL_MS = 500;
const SETTLED_MS = 120_000;

/** Gives half of one charge back, and lets a bank contest another; each is seen on its charge before it goes on. */
export async function refundAndDispute(
  stage: { readonly merchant: Merchant; readonly simulator: Simulator; readonly display: Display },
  paid: readonly string[],
): Promise<AfterPayment> {
  const { merchant, simulator, display } = stage;
  const chapter = display.chapter('after the payment', 2);
  const [refunded = '', contested = ''] = paid;
  const { amount } = await shown(merchant, refunded);
  const half = Math.floor(amount / 2);
  await merchant.post(`/v1/charges/${refunded}/refunds`, { amount: half }, `half-of-${refunded}`);
  await until(merchant, refunded, (charge) => charge.amount_refunded === half);
  chapter.tick();

  const { stripe_payment_intent_id } = await shown(merchant, contested);
  const { latest_charge } = await stripeGet<{ latest_charge: string }>(
    simulator,
    `/v1/payment_intents/${stripe_payment_intent_id}`,
  );
  const dispute = await control<{ id: string }>(simulator, 'POST', `/charges/${latest_charge}/dispute`, {});
  await until(merchant, contested, ({ disputes }) => disputes.some(({ id }) => id === dispute.id));
  await control(simulator, 'POST', `/disputes/${dispute.id}/close`, { outcome: 'won' });
  await until(merchant, contested, ({ disputes }) => disputes.every(({ status }) => status === 'won'));
  chapter.end('half of one charge went back; one bank asked for its money, and the merchant won');
  return { refunded_minor: half, disputes_won: 1 };
}

async function shown(merchant: Merchant, charge: string): Promise<Shown> {
  return await merchant.get<Shown>(`/v1/charges/${charge}`);
}

async function until(merchant: Merchant, charge: string, holds: (charge: Shown) => boolean): Promise<void> {
  const end_ms = performance.now() + SETTLED_MS;
  while (!holds(await shown(merchant, charge))) {
    if (performance.now() > end_ms) throw new Error(`${charge} does not show what happened to it`);
    await wait(POLL_MS);
  }
}

async function stripeGet<T>({ url, secret_key }: Simulator, path: string): Promise<T> {
  const response = await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${secret_key}` } });
  return (await response.json()) as T;
}
