/** Whether each charge took the right amount, once, and whether the books agree. Stripe's ledger is the judge. */
import type { Evidence, LedgerRow } from '../evidence.ts';
import { byKey, type Invariant } from './breach.ts';
import { keeps, oursIn } from './ours.ts';

const chargeOf = (intent: LedgerRow): string => intent.metadata.dc_charge ?? `unmarked ${intent.id}`;
/** Another program's is not of the charge whose mark it copied, though a person may have claimed it. */
const paidByUs = ({ ledger, foreign }: Evidence): LedgerRow[] =>
  ledger.filter(({ id, successes }) => successes > 0 && !foreign.some((other) => other.id === id));

/** I-1: at most one success per charge, over all of its PaymentIntents, whatever was given back later. */
export const atMostOneSuccess: Invariant = (evidence) =>
  [...byKey(paidByUs(evidence), chargeOf)].flatMap(([subject, intents]) => {
    const successes = intents.reduce((sum, intent) => sum + intent.successes, 0);
    const text = `took money ${successes} times by ${intents.map((intent) => intent.id).join(', ')}`;
    return successes > 1 ? [{ harm: 'double', subject, text }] : [];
  });

/**
 * I-2: we say succeeded if and only if the bound PaymentIntent has and its money was not given back, and for this
 * amount or the one that a person accepted.
 */
export const successIsStripes: Invariant = (evidence) => {
  const { charges } = evidence;
  const isKept = keeps(evidence);
  const ledger = oursIn(evidence);
  const intents = new Map(ledger.map((intent) => [intent.id, intent]));
  const bound = new Set(charges.map((charge) => charge.stripe_payment_intent_id));
  const differing = charges.flatMap((charge) => {
    const intent = intents.get(charge.stripe_payment_intent_id ?? '');
    const here = charge.state === 'succeeded';
    const there = intent !== undefined && isKept(intent);
    const isSame =
      here === there &&
      (!here ||
        (intent?.amount_received === charge.amount_received_minor &&
          charge.amount_received_minor === (charge.accepted_minor ?? charge.amount_minor) &&
          intent?.currency === charge.currency));
    const text = `${charge.state} ${charge.amount_received_minor} here, ${intent?.status} ${intent?.amount_received} at Stripe`;
    return isSame ? [] : [{ harm: 'wrong_told' as const, subject: charge.id, text }];
  });
  const unbound = ledger.filter((intent) => isKept(intent) && !bound.has(intent.id));
  return [
    ...differing,
    ...unbound.map((intent) => ({
      harm: 'wrong_told' as const,
      subject: chargeOf(intent),
      text: `${intent.id} succeeded, and is bound to nothing`,
    })),
  ];
};

/** I-3: for each currency, our books show the sum that Stripe received and an operator did not give back. */
export const sumsAgree: Invariant = (evidence) => {
  const sums = new Map<string, number>();
  const add = (currency: string, amount: number) => sums.set(currency, (sums.get(currency) ?? 0) + amount);
  for (const intent of oursIn(evidence).filter(keeps(evidence))) add(intent.currency, intent.amount_received);
  for (const charge of evidence.charges)
    if (charge.state === 'succeeded') add(charge.currency, -(charge.accepted_minor ?? charge.amount_minor));
  return [...sums].flatMap(([subject, sum]) => {
    const harm = sum > 0 ? ('double' as const) : ('wrong_told' as const);
    return sum === 0 ? [] : [{ harm, subject, text: `Stripe received ${sum} more than is booked` }];
  });
};

/** I-4: failed and canceled only with proof, and for ever. */
export const closedWithProof: Invariant = (evidence) => {
  const { charges } = evidence;
  const isKept = keeps(evidence);
  // What an operator gave back can take no more.
  const alive = ({ status }: LedgerRow) => status !== 'canceled' && status !== 'succeeded';
  const intents = byKey(
    oursIn(evidence).filter((intent) => isKept(intent) || alive(intent)),
    chargeOf,
  );
  return charges
    .filter((charge) => charge.state === 'failed' || charge.state === 'canceled')
    .flatMap((charge) => {
      const left = intents.get(charge.id) ?? [];
      const text = `${charge.state}, and ${left.map((intent) => `${intent.id} is ${intent.status}`).join(', ')}`;
      return left.length > 0 ? [{ harm: 'wrong_told' as const, subject: charge.id, text }] : [];
    });
};

/** I-23: no unconfirmed PaymentIntent with our mark is left at Stripe, but for a lost charge that nobody asked for again. */
export const noOrphans: Invariant = (evidence) => {
  const isKept = keeps(evidence);
  const ids = new Set(evidence.charges.map(({ id }) => id));
  const bound = new Set(evidence.charges.map((charge) => charge.stripe_payment_intent_id));
  const isLeft = (intent: LedgerRow) =>
    evidence.lost !== null && !ids.has(chargeOf(intent)) && !isKept(intent);
  return oursIn(evidence)
    .filter((intent) => !isLeft(intent) && !bound.has(intent.id) && intent.status !== 'canceled')
    .filter((intent) => isKept(intent) || intent.status !== 'succeeded')
    .map((intent) => ({
      harm: 'broken',
      subject: chargeOf(intent),
      text: `${intent.id} is ${intent.status}, bound to nothing`,
    }));
};
