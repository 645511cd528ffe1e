/** Money that goes back: once, as it was asked for, seen by us whoever sent it back, and told to the merchant. */
import { unseenIn } from '../returns.ts';
import { type Breach, byKey, type Invariant } from './breach.ts';

const DEAD: ReadonlySet<string> = new Set(['failed', 'canceled']);

type Found = Omit<Breach, 'invariant'>;

/** I-32: a refund that was accepted is one refund at Stripe, of its amount. */
export const refundedOnce: Invariant = ({ refunded, returns, lost }) => {
  const rows = new Map(returns.refunds.map((row) => [row.id, row]));
  const made = byKey(
    returns.stripe.refunds.filter(({ mark, status }) => mark !== null && !DEAD.has(status)),
    ({ mark }) => mark ?? '',
  );
  const twice = [...made].flatMap(([subject, there]): Found[] =>
    there.length === 1 ? [] : [{ harm: 'double', subject, text: `went back ${there.length} times` }],
  );
  const broken = refunded.flatMap(({ id: subject, amount_minor }): Found[] => {
    const row = rows.get(subject);
    if (row === undefined) return lost === null ? [{ harm: 'lost', subject, text: 'is not there' }] : [];
    const amount = made.get(subject)?.[0]?.amount ?? 0;
    const owed = DEAD.has(row.state) ? 0 : amount_minor;
    const text = `is ${row.state}: ${amount} of ${owed} went back`;
    return amount === owed ? [] : [{ harm: 'wrong_told', subject, text }];
  });
  return [...twice, ...broken];
};

/** I-33: what went back, is disputed or warned of at Stripe stands in our tables as it stands there. */
export const returnsSeen: Invariant = ({ returns }) =>
  unseenIn(returns).map(({ subject, text }) => ({ harm: 'wrong_told', subject, text }));

/** I-34: the merchant was told of each. */
export const returnsTold: Invariant = ({ returns, told }) => {
  const given = new Set(told.map(({ object_id, type }) => `${object_id} ${type}`));
  const owed = [
    ...returns.refunds.map(({ id }) => ({ subject: id, type: 'refund.created' })),
    ...returns.disputes.map(({ charge_id }) => ({ subject: charge_id, type: 'charge.disputed' })),
    ...returns.fraud_warnings.map(({ charge_id }) => ({ subject: charge_id, type: 'charge.fraud_warning' })),
  ];
  return owed.flatMap(({ subject, type }) =>
    given.has(`${subject} ${type}`)
      ? []
      : [{ harm: 'wrong_told' as const, subject, text: `was not told ${type}` }],
  );
};
