/** What the operator's verbs about money share: what they need, what they answer, and how they read Stripe. */
import type { PaymentSnapshot } from '../../domain/charge/payment-snapshot.ts';
import type { OperatedCharge } from '../../domain/operator-decisions.ts';
import type { Answer } from '../../stripe/answer.ts';
import { readList } from '../../stripe/pages.ts';
import { paymentIntentsIn, retrievePaymentIntent } from '../../stripe/payment-intents.ts';
import { listRefunds, refundedOf } from '../../stripe/refunds/refunds.ts';
import type { Dependencies } from '../dependencies.ts';
import { judgeRead } from '../work/judge-answer.ts';

export type VerbDependencies = Pick<Dependencies, 'sql' | 'stripe' | 'log'> & {
  readonly instance_id: string;
};

/** - `unanswered`: Stripe does not say now; nothing was changed, and the same may be typed again. */
export type Verbed =
  | {
      readonly outcome: 'done';
      /** The charge or PaymentIntent that it was about, and what that is now. */
      readonly id: string;
      readonly state: string;
      readonly amount_minor: number | null;
      readonly currency: string | null;
    }
  | NotVerbed;
export type NotVerbed =
  | { readonly outcome: 'refused'; readonly because: string }
  | { readonly outcome: 'unanswered' };

export const UNANSWERED: NotVerbed = { outcome: 'unanswered' };

export function refused(because: string): NotVerbed {
  return { outcome: 'refused', because };
}

/** Of a charge that another process is moving: the operator looks again and decides anew. */
export const MOVED = refused('The charge has moved meanwhile: look at it again');

/** The PaymentIntent as it is now, or that Stripe knows none of this id. */
export async function readIntent(
  { stripe }: VerbDependencies,
  id: string,
): Promise<PaymentSnapshot | 'missing' | NotVerbed> {
  const answer = await retrievePaymentIntent(stripe, id);
  if (answer.kind === 'refused' && answer.reason === 'resource_missing') return 'missing';
  return answered(answer);
}

/** What has gone back of it, in minor units. */
export async function readRefunded(
  { stripe }: VerbDependencies,
  payment_intent_id: string,
): Promise<number | NotVerbed> {
  const refunds = answered(await listRefunds(stripe, payment_intent_id));
  return isNotVerbed(refunds) ? refunds : refundedOf(refunds);
}

/** Every PaymentIntent under the mark of a charge; by the list, which is consistent, unlike the search. */
export async function readMarked(
  deps: VerbDependencies,
  charge: OperatedCharge,
): Promise<readonly PaymentSnapshot[] | NotVerbed> {
  if (charge.stripe_customer_id === null) return [];
  const window = { customer: charge.stripe_customer_id, created_gte_s: 0 };
  const listed = answered(await readList(deps.stripe, paymentIntentsIn(window)));
  if (isNotVerbed(listed)) return listed;
  return listed.filter((intent) => markOn(deps, intent) === charge.id);
}

/** Of these, the successes whose money has not gone back in full. */
export async function keptOf(
  deps: VerbDependencies,
  intents: readonly PaymentSnapshot[],
): Promise<readonly PaymentSnapshot[] | NotVerbed> {
  const kept: PaymentSnapshot[] = [];
  for (const intent of intents.filter(({ status }) => status === 'succeeded')) {
    const refunded = await readRefunded(deps, intent.id);
    if (isNotVerbed(refunded)) return refunded;
    if (refunded < (intent.amount_received_minor ?? 0)) kept.push(intent);
  }
  return kept;
}

/** The charge that our mark on it names, or null. */
export function markOn(deps: VerbDependencies, { metadata }: PaymentSnapshot): string | null {
  return metadata.dc_instance === deps.instance_id ? (metadata.dc_charge ?? null) : null;
}

export function isNotVerbed(value: unknown): value is NotVerbed {
  return typeof value === 'object' && value !== null && 'outcome' in value;
}

function answered<T>(answer: Answer<T>): T | NotVerbed {
  const verdict = judgeRead(answer);
  switch (verdict.kind) {
    case 'ok':
      return verdict.value;
    case 'refused':
      return refused(`Stripe does not show it (${verdict.code})`);
    case 'unanswered':
      return UNANSWERED;
  }
}
