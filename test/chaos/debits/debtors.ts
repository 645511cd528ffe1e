/**
 * Customers who pay by debit, of every scheme that we announce (docs/protocol.md, 20): whose bank pays, fails once or again and
 * again, sends back, or has yet to confirm the mandate. Most of their charges were announced before the schedule begins, so that
 * their confirms meet its faults.
 */
import type { SchemeType } from '../../../src/domain/debit/schemes.ts';
import { between, chanceOf, pick, type Random, seedOf } from '../chance.ts';
import type { Act, Order, Payer, PlannedDeed } from '../plan.ts';

type Kind = {
  readonly scheme: SchemeType;
  /** Stripe's test tokens (docs.stripe.com/testing), one of which is drawn. */
  readonly accounts: readonly string[];
  /** Charges that were announced before, and that are asked for meanwhile. */
  readonly announced: number;
  readonly orders: number;
  readonly is_asked?: true;
  readonly deed?: 'mandate_withdrawn' | 'debit_changed';
};

const CURRENCIES: Readonly<Record<SchemeType, string>> = {
  sepa_debit: 'eur',
  au_becs_debit: 'aud',
  bacs_debit: 'gbp',
};

const sepa = (name: string): string => `pm_sepaDebit_${name}_de`;
const becs = (name: string): string => `pm_auBecsDebit_${name}`;
const bacs = (name: string): string => `pm_bacsDebit_${name}`;

const KINDS: readonly Kind[] = [
  { scheme: 'sepa_debit', accounts: [sepa('success')], announced: 4, orders: 2 },
  { scheme: 'sepa_debit', accounts: [sepa('successDelayed')], announced: 2, orders: 1 },
  {
    scheme: 'sepa_debit',
    accounts: [sepa('failed'), sepa('failedDelayed')],
    announced: 1,
    orders: 0,
    is_asked: true,
  },
  { scheme: 'sepa_debit', accounts: [sepa('disputed')], announced: 1, orders: 0 },
  { scheme: 'au_becs_debit', accounts: [becs('success'), becs('successDelayed')], announced: 2, orders: 2 },
  { scheme: 'au_becs_debit', accounts: [becs('dispute')], announced: 1, orders: 0 },
  {
    scheme: 'au_becs_debit',
    accounts: [becs('accountClosed'), becs('noAccount'), becs('debitNotAuthorized')],
    ...{ announced: 2, orders: 0, is_asked: true },
  },
  { scheme: 'bacs_debit', accounts: [bacs('success'), bacs('successDelayed')], announced: 0, orders: 2 },
  {
    scheme: 'bacs_debit',
    accounts: [bacs('mandateRefused'), bacs('debitNotAuthorized')],
    ...{ announced: 0, orders: 1, is_asked: true },
  },
  {
    scheme: 'sepa_debit',
    accounts: [sepa('success')],
    announced: 2,
    orders: 0,
    deed: 'mandate_withdrawn',
    is_asked: true,
  },
  {
    scheme: 'sepa_debit',
    accounts: [sepa('success'), sepa('successDelayed')],
    ...{ announced: 2, orders: 0, deed: 'debit_changed' },
  },
];

/** Presented again and again: one of them, because each takes weeks. */
const AGAIN: readonly Kind[] = [
  { scheme: 'sepa_debit', accounts: [sepa('insufficientFunds')], announced: 2, orders: 0, is_asked: true },
  {
    scheme: 'au_becs_debit',
    accounts: [becs('referToCustomer'), becs('referToCustomerDelayed')],
    ...{ announced: 1, orders: 0, is_asked: true },
  },
  { scheme: 'bacs_debit', accounts: [bacs('insufficientFunds')], announced: 0, orders: 1, is_asked: true },
];

const ACTS: readonly (readonly Act[])[] = [['takes_other_card'], ['leaves_other_card'], ['ignores']];
const FIRST_MINOR = 20_000;
const DEED_JITTER_MS = 120;

export type Debts = {
  readonly payers: readonly Payer[];
  readonly orders: readonly Order[];
  readonly announced: readonly Order[];
  readonly deeds: readonly PlannedDeed[];
};

/** They follow the `payers` that the plan has already. */
export function debtorsOf(plan: {
  readonly run_seed: number;
  readonly index: number;
  readonly backend: string;
  readonly name: string;
  readonly payers: number;
  readonly end_ms: number;
}): Debts {
  const { run_seed, index, backend, name, end_ms } = plan;
  const random = chanceOf('debtors', run_seed, index, backend);
  const kinds = [...KINDS, AGAIN[(run_seed + index) % AGAIN.length] as Kind];
  const debts = kinds.map((kind, nth) => {
    const payer = plan.payers + nth;
    const payerName = `debtor-${nth}-of-${name}`;
    const deed_ms = kind.deed === undefined ? null : between(random, 0, end_ms);
    return {
      payer: {
        ...{ name: payerName, card: pick(random, kind.accounts), script: [], scheme: kind.scheme },
        acts: kind.is_asked ? pick(random, ACTS) : [],
      },
      announced: ordersOf(random, kind, {
        payer,
        name: `announced-${payerName}`,
        count: kind.announced,
        end_ms,
        deed_ms,
      }),
      orders: ordersOf(random, kind, { payer, name: payerName, count: kind.orders, end_ms, deed_ms: null }),
      deed:
        kind.deed === undefined
          ? []
          : [deedOf(kind.deed, payer, deed_ms ?? 0, seedOf(kind.deed, run_seed, backend, index))],
    };
  });
  return {
    payers: debts.map(({ payer }) => payer),
    orders: debts.flatMap(({ orders }) => orders),
    announced: debts.flatMap(({ announced }) => announced),
    deeds: debts.flatMap(({ deed }) => deed),
  };
}

const deedOf = (kind: PlannedDeed['kind'], payer: number, at_ms: number, seed: number): PlannedDeed => ({
  ...{ kind, payer, at_ms, seed, orders: [], moves: false },
});

/** No two amounts of a schedule are the same: by its amount a mail tells which debit it is about. */
function ordersOf(
  random: Random,
  { scheme }: Kind,
  wanted: {
    readonly payer: number;
    readonly name: string;
    readonly count: number;
    readonly end_ms: number;
    readonly deed_ms: number | null;
  },
): Order[] {
  const { payer, name, count, end_ms, deed_ms } = wanted;
  return Array.from({ length: count }, (_, nth) => ({
    ...{ key: `${name}-${nth}`, payer, currency: CURRENCIES[scheme], doubled: false, cancel_after_ms: null },
    amount_minor: FIRST_MINOR + payer * 100 + nth + (name.startsWith('announced') ? 0 : 50),
    // What a deed is done to falls due just then.
    at_ms:
      deed_ms === null
        ? between(random, 0, end_ms)
        : Math.max(0, deed_ms + between(random, -DEED_JITTER_MS, DEED_JITTER_MS)),
  }));
}
