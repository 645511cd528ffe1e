/** Whether every accepted charge exists, once, and has come to its end. */
import type { Evidence } from '../evidence.ts';
import type { Asked, Refusal } from '../merchant.ts';
import { byKey, ENDS, type Invariant } from './breach.ts';
import { mayBeLost } from './ours.ts';

/** I-5: each request that was answered 202 exists exactly once, with the content of the request. */
export const nothingLost: Invariant = (evidence) => {
  const { asked, charges } = evidence;
  const byId = new Map(charges.map((charge) => [charge.id, charge]));
  const byReference = byKey(charges, (charge) => charge.reference ?? '');
  return asked.flatMap((one) => {
    const { order, customer_id, told, refused } = one;
    const subject = order.key;
    const lost = (text: string) => [{ harm: 'lost' as const, subject, text }];
    const ids = [...new Set(told)];
    const unearned = refused.filter((refusal) => !isEarned(evidence, customer_id, refusal));
    if (unearned.length > 0)
      return lost(`was refused: ${unearned.map(({ status, code }) => `${status ?? ''} ${code}`).join(', ')}`);
    if (refused.length > 0 && told.length === 0) return [];
    // Nobody asked again, or it was refused then: whatever it took is the operator's to claim or give back.
    if (evidence.lost?.left.has(order.key) || (evidence.lost !== null && refused.length > 0)) return [];
    if (ids.length !== 1) return lost(`was told ${ids.length} charges: ${ids.join(', ')}`);
    const charge = byId.get(ids[0] ?? '');
    if (charge === undefined) return lost(`${ids[0]} was accepted, and is not there`);
    if ((byReference.get(order.key) ?? []).length !== 1) return lost('is there more than once');
    const isAsAsked =
      amountsOf(one, evidence).includes(charge.amount_minor) && charge.customer_id === customer_id;
    return isAsAsked ? [] : lost(`${charge.id} is not what was asked for`);
  });
};

/** A change whose answer nobody saw may have been made; so may one have been lost, or made before a refusal came back. */
function amountsOf({ order, changed }: Asked, { lost }: Evidence): number[] {
  if (changed === null) return [order.amount_minor];
  if (changed.answer === 'taken' && lost === null) return [changed.amount_minor];
  return [order.amount_minor, changed.amount_minor];
}

/** What follows from a withdrawal that somebody had asked for by then. */
const EARNED: Readonly<Record<string, readonly string[]>> = {
  customer_stopped: ['stop'],
  customer_deleted: ['deletion'],
  consent_missing: ['stop', 'revocation'],
  no_payment_method: ['detachment'],
  payment_method_unusable: ['detachment'],
};

/** Also what follows where the customer's press on our page was lost: a card without an agreement is not charged. */
function isEarned(evidence: Evidence, customer_id: string, refusal: Refusal): boolean {
  const { withdrawals, owners, unagreed, lost } = evidence;
  const kinds = EARNED[refusal.code] ?? [];
  if (lost !== null && kinds.includes('detachment') && unagreed.has(customer_id)) return true;
  return withdrawals.some(
    ({ kind, subject, asked_ms }) =>
      kinds.includes(kind) &&
      asked_ms <= refusal.at_ms &&
      (subject === customer_id || owners.get(subject) === customer_id),
  );
}

/** I-6: no charge exists that the merchant did not ask for, nor an operator claimed. */
export const nothingInvented: Invariant = ({ asked, charges, words }) => {
  const claimed = new Set(words.filter(({ verb }) => verb === 'claim').map(({ entity_id }) => entity_id));
  const wanted = new Set(asked.map(({ order }) => order.key));
  return charges
    .filter((charge) => !wanted.has(charge.reference ?? '') && !claimed.has(charge.id))
    .map((charge) => ({ harm: 'double', subject: charge.id, text: 'nobody asked for it' }));
};

/** I-7: everything comes to an end. A row that waits for a person has not. */
export const allSettled: Invariant = ({ charges }) =>
  charges
    .filter((charge) => !ENDS.has(charge.state))
    .map((charge) => ({
      harm: 'unsettled',
      subject: charge.id,
      text: `is ${charge.state} (${charge.detail ?? 'no detail'}), due ${charge.due_at?.toISOString() ?? 'never'}`,
    }));

/** I-16: every event whose receipt we confirmed is stored, and applied or set aside for a reason. */
export const inboxKept: Invariant = (evidence) => {
  const { inbox, webhooks } = evidence;
  const stored = new Set(inbox.map((row) => row.id));
  const kept = webhooks.filter(({ status, at_ms }) => status === 200 && !mayBeLost(evidence, at_ms));
  const confirmed = new Set(kept.map(({ event }) => event));
  return [
    ...[...confirmed]
      .filter((event) => !stored.has(event))
      .map((subject) => ({ harm: 'lost' as const, subject, text: 'was answered 200, and is not there' })),
    ...inbox
      .filter((row) => row.state === 'received' || row.state === 'parked')
      .map((row) => ({ harm: 'broken' as const, subject: row.id, text: `is ${row.state} at the end` })),
  ];
};
