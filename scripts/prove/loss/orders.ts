/**
 * What the merchant asks for around a loss of rows. Everything is laid down in advance: who pays how, what is asked for
 * before the backup and after it, and what is then asked for again.
 */
import type { Payer } from '../../../test/chaos/plan.ts';

export type OrderKind =
  | 'paid'
  /** The bank asks for the customer, who has a mail and has not come yet. */
  | 'mailed'
  /** The customer has pressed and is at the bank's page. */
  | 'at_bank'
  /** Stripe has it under way and hears in days. */
  | 'processing'
  /** Declined for now: another try comes by itself. */
  | 'declined'
  /** Declined for good. */
  | 'refused'
  /** Due later. */
  | 'scheduled';

/** How a request is posted once its row is lost. */
export type Again = 'same' | 'other_amount' | 'other_key' | 'not';

export type Order = {
  readonly name: string;
  readonly kind: OrderKind;
  /** The payer's name. */
  readonly payer: string;
  readonly amount_minor: number;
  /** Hours from when it is asked for; null: at once. */
  readonly due_in_h: number | null;
  readonly again: Again;
};

/** What a customer withdraws after the backup, so that it is lost too. */
export type Withdrawal = {
  readonly verb: 'revoke' | 'stop' | 'cancel' | 'detach';
  readonly payer: string;
};

export type Orders = {
  readonly payers: readonly Payer[];
  /** Who comes after the backup. */
  readonly new_payers: readonly string[];
  /** Asked for before the backup. */
  readonly before: readonly Order[];
  /** Asked for after it, in two halves with a day between them. */
  readonly after: readonly Order[];
  readonly withdrawals: readonly Withdrawal[];
};

/** The kinds of twenty orders. */
const MIX: readonly OrderKind[] = [
  ...Array.from({ length: 12 }, () => 'paid' as const),
  ...(['mailed', 'at_bank', 'at_bank', 'processing', 'declined', 'declined', 'refused', 'mailed'] as const),
];
const PAYERS = 8;
const ASKED = 'pm_card_authenticationRequired';
const WAYS: Readonly<Record<OrderKind, Pick<Payer, 'card' | 'script' | 'acts'>>> = {
  paid: { card: 'pm_card_visa', script: [], acts: [] },
  scheduled: { card: 'pm_card_visa', script: [], acts: [] },
  mailed: { card: ASKED, script: [], acts: ['ignores', 'pays'] },
  at_bank: { card: ASKED, script: [], acts: ['abandons', 'pays'] },
  processing: { card: 'pm_card_visa', script: ['processing'], acts: [] },
  declined: { card: 'pm_card_visa', script: ['insufficient_funds', 'succeed'], acts: [] },
  refused: { card: 'pm_card_visa', script: ['fraudulent'], acts: [] },
};
/** Due after the backup is put back, were it not for the withdrawal. */
const AFTER_ALL_H = 40;
/** Due, and charged, between the two halves: the row that comes back knows nothing of it. */
const IN_BETWEEN_H = 12;

/** The orders of a play with this many charges after the backup. */
export function ordersOf(charges: number): Orders {
  const payers: Payer[] = Array.from({ length: PAYERS }, (_, index) => payerOf(`good-${index}`, 'paid'));
  const own = (name: string, kind: OrderKind): string => {
    payers.push(payerOf(name, kind));
    return name;
  };
  const newcomers = ['newcomer-again', 'newcomer-gone'];
  const after = Array.from({ length: Math.max(0, charges - newcomers.length) }, (_, index): Order => {
    const kind = MIX[index % MIX.length] as OrderKind;
    const name = `after-${index}`;
    const payer = kind === 'paid' ? `good-${index % PAYERS}` : own(name, kind);
    return order(name, kind, payer, index, againOf(kind, index));
  });
  after.unshift(order('newcomer-again', 'paid', 'newcomer-again', 901, 'same'));
  after.unshift(order('newcomer-gone', 'paid', 'newcomer-gone', 902, 'not'));
  const withdrawals: Withdrawal[] = (['revoke', 'stop', 'cancel', 'detach'] as const).map((verb) => ({
    verb,
    payer: own(`leaves-by-${verb}`, 'scheduled'),
  }));
  const stopped = own('stopped-while-declined', 'declined');
  const before = [
    order('before-paid', 'paid', 'good-0', 911, 'same'),
    order('before-mailed', 'mailed', own('before-mailed', 'mailed'), 912, 'same'),
    order('before-declined', 'declined', own('before-declined', 'declined'), 913, 'same'),
    { ...order('before-due', 'scheduled', 'good-1', 914, 'same'), due_in_h: IN_BETWEEN_H },
    { ...order('before-later', 'scheduled', 'good-2', 915, 'same'), due_in_h: AFTER_ALL_H },
    ...withdrawals.map(({ payer }, index) => ({
      ...order(`before-${payer}`, 'scheduled', payer, 920 + index, 'same'),
      due_in_h: AFTER_ALL_H,
    })),
    order('before-stopped', 'declined', stopped, 930, 'same'),
  ];
  return {
    payers,
    new_payers: newcomers,
    before,
    after,
    withdrawals: [...withdrawals, { verb: 'stop', payer: stopped }],
  };
}

function payerOf(name: string, kind: OrderKind): Payer {
  return { name, ...WAYS[kind] };
}

function order(name: string, kind: OrderKind, payer: string, number: number, again: Again): Order {
  return { name, kind, payer, amount_minor: 1_000 + number * 7, due_in_h: null, again };
}

/** Every second one of each kind; of the paid ones, one with another amount and one under another key. */
function againOf(kind: OrderKind, index: number): Again {
  if (index === 0) return 'other_amount';
  if (index === 2) return 'other_key';
  const [round, place] = [Math.floor(index / MIX.length), index % MIX.length];
  const nth = MIX.slice(0, place).filter((each) => each === kind).length;
  const isAgain = kind === 'paid' ? nth % 2 === 0 : (nth + round) % 2 === 0;
  return isAgain ? 'same' : 'not';
}
