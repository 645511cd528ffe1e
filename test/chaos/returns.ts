/** Money that goes back, or is asked back: what Stripe has of it, and what our tables have. */
import type { World } from './world.ts';

export type StripeRefund = {
  readonly id: string;
  readonly status: string;
  readonly amount: number;
  readonly payment_intent: string;
  /** Our refund, where it carries our mark. */
  readonly mark: string | null;
};
export type StripeWord = { readonly id: string; readonly status: string; readonly payment_intent: string };
export type RefundRow = {
  readonly id: string;
  readonly state: string;
  readonly charge_id: string;
  readonly amount_minor: number;
  readonly stripe_refund_id: string | null;
};
export type WordOfBankRow = { readonly id: string; readonly status: string; readonly charge_id: string };

export type Returns = {
  readonly stripe: {
    readonly refunds: readonly StripeRefund[];
    readonly disputes: readonly StripeWord[];
    readonly fraud_warnings: readonly StripeWord[];
  };
  readonly refunds: readonly RefundRow[];
  readonly disputes: readonly WordOfBankRow[];
  readonly fraud_warnings: readonly WordOfBankRow[];
  /** PaymentIntents to the charges that are bound to them. */
  readonly bound: ReadonlyMap<string, string>;
};

const MOST = { limit: 10_000 };
const idOf = (it: string | { readonly id: string } | null | undefined): string =>
  typeof it === 'string' ? it : (it?.id ?? '');

/** Both sides, Stripe's first. */
export async function readReturns({ stripe, sql }: Pick<World, 'stripe' | 'sql'>): Promise<Returns> {
  const [refunds, disputes, warnings] = await Promise.all([
    stripe.refunds.list({ limit: 100 }).autoPagingToArray(MOST),
    stripe.disputes.list({ limit: 100 }).autoPagingToArray(MOST),
    stripe.radar.earlyFraudWarnings.list({ limit: 100 }).autoPagingToArray(MOST),
  ]);
  const bound = await sql<{ id: string; intent: string }[]>`
    select id, stripe_payment_intent_id as intent from charges where stripe_payment_intent_id is not null`;
  return {
    stripe: {
      refunds: refunds.map(({ id, status, amount, payment_intent, metadata }) => ({
        ...{ id, amount, status: status ?? '' },
        payment_intent: idOf(payment_intent),
        mark: metadata?.dc_refund ?? null,
      })),
      disputes: disputes.map(({ id, status, payment_intent }) => ({
        ...{ id, status },
        payment_intent: idOf(payment_intent),
      })),
      fraud_warnings: warnings.map(({ id, actionable, payment_intent }) => ({
        id,
        status: actionable ? 'actionable' : 'over',
        payment_intent: idOf(payment_intent),
      })),
    },
    refunds: [
      ...(await sql<RefundRow[]>`select id, state, charge_id, amount_minor, stripe_refund_id from refunds`),
    ],
    disputes: [...(await sql<WordOfBankRow[]>`select id, status, charge_id from disputes`)],
    fraud_warnings: [
      ...(await sql<WordOfBankRow[]>`select id, state as status, charge_id from fraud_warnings`),
    ],
    bound: new Map(bound.map(({ id, intent }) => [intent, id])),
  };
}

/** What a bound charge's bank or Stripe has said, and its rows do not say: the subject, and what is missing. */
export function unseenIn({ stripe, refunds, disputes, fraud_warnings, bound }: Returns) {
  const unseen: { readonly subject: string; readonly text: string }[] = [];
  const compare = (
    there: readonly { readonly id: string; readonly status: string; readonly payment_intent: string }[],
    here: ReadonlyMap<string | null, string>,
  ) => {
    for (const { id, status, payment_intent } of there) {
      const subject = bound.get(payment_intent);
      if (subject === undefined || here.get(id) === status) continue;
      unseen.push({ subject, text: `${id} is ${status} at Stripe, and ${here.get(id) ?? 'unknown'} here` });
    }
  };
  compare(stripe.refunds, new Map(refunds.map((row) => [row.stripe_refund_id, row.state])));
  compare(stripe.disputes, new Map(disputes.map((row) => [row.id, row.status])));
  compare(stripe.fraud_warnings, new Map(fraud_warnings.map((row) => [row.id, row.status])));
  return unseen;
}
