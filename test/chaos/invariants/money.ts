/** Whether each charge took the right amount, once, and whether the books agree. Stripe's ledger is the judge. */
import type { Evidence, LedgerRow } from '../evidence.ts';
import { byKey, type Invariant } from './breach.ts';

const chargeOf = (intent: LedgerRow): string => intent.metadata.dc_charge ?? `unmarked ${intent.id}`;
const paidOf = (evidence: Evidence): LedgerRow[] =>
  evidence.ledger.filter((intent) => intent.status === 'succeeded' || intent.successes > 0);

/** I-1: at most one success per charge, over all of its PaymentIntents. */
export const atMostOneSuccess: Invariant = (evidence) =>
  [...byKey(paidOf(evidence), chargeOf)].flatMap(([subject, intents]) => {
    const successes = intents.reduce((sum, intent) => sum + intent.successes, 0);
    const text = `took money ${successes} times by ${intents.map((intent) => intent.id).join(', ')}`;
    return successes > 1 ? [{ harm: 'double', subject, text }] : [];
  });

/** I-2: we say succeeded if and only if the bound PaymentIntent has, and for this amount. */
export const successIsStripes: Invariant = ({ charges, ledger }) => {
  const intents = new Map(ledger.map((intent) => [intent.id, intent]));
  const bound = new Set(charges.map((charge) => charge.stripe_payment_intent_id));
  const differing = charges.flatMap((charge) => {
    const intent = intents.get(charge.stripe_payment_intent_id ?? '');
    const here = charge.state === 'succeeded';
    const there = intent?.status === 'succeeded';
    const isSame =
      here === there &&
      (!here ||
        (intent?.amount_received === charge.amount_minor &&
          charge.amount_received_minor === charge.amount_minor &&
          intent.currency === charge.currency));
    const text = `${charge.state} ${charge.amount_received_minor} here, ${intent?.status} ${intent?.amount_received} at Stripe`;
    return isSame ? [] : [{ harm: 'wrong_told' as const, subject: charge.id, text }];
  });
  const unbound = ledger.filter((intent) => intent.status === 'succeeded' && !bound.has(intent.id));
  return [
    ...differing,
    ...unbound.map((intent) => ({
      harm: 'wrong_told' as const,
      subject: chargeOf(intent),
      text: `${intent.id} succeeded, and is bound to nothing`,
    })),
  ];
};

/** I-3: for each currency, our books show the sum that Stripe received. */
export const sumsAgree: Invariant = ({ charges, ledger }) => {
  const sums = new Map<string, number>();
  const add = (currency: string, amount: number) => sums.set(currency, (sums.get(currency) ?? 0) + amount);
  for (const intent of ledger) add(intent.currency, intent.amount_received);
  for (const charge of charges) if (charge.state === 'succeeded') add(charge.currency, -charge.amount_minor);
  return [...sums].flatMap(([subject, sum]) => {
    const harm = sum > 0 ? ('double' as const) : ('wrong_told' as const);
    return sum === 0 ? [] : [{ harm, subject, text: `Stripe received ${sum} more than is booked` }];
  });
};

/** I-4: failed and canceled only with proof, and for ever. */
export const closedWithProof: Invariant = ({ charges, ledger }) => {
  const intents = byKey(ledger, chargeOf);
  return charges
    .filter((charge) => charge.state === 'failed' || charge.state === 'canceled')
    .flatMap((charge) => {
      const alive = (intents.get(charge.id) ?? []).filter((intent) => intent.status !== 'canceled');
      const text = `${charge.state}, and ${alive.map((intent) => `${intent.id} is ${intent.status}`).join(', ')}`;
      return alive.length > 0 ? [{ harm: 'wrong_told' as const, subject: charge.id, text }] : [];
    });
};

/** I-23: no unconfirmed PaymentIntent with our mark is left at Stripe. */
export const noOrphans: Invariant = ({ charges, ledger }) => {
  const bound = new Set(charges.map((charge) => charge.stripe_payment_intent_id));
  return ledger
    .filter((intent) => !bound.has(intent.id) && intent.status !== 'canceled')
    .map((intent) => ({
      harm: 'broken',
      subject: chargeOf(intent),
      text: `${intent.id} is ${intent.status}, bound to nothing`,
    }));
};
