/** The end of the demo: what became of every customer, and whether all checks held. */

import type { Reconciliation } from '../../../src/billing/janitor/reconcile.ts';
import { formatAmount } from '../../../src/domain/money.ts';
import { asks, type Mail } from './act.ts';
import type { AfterPayment } from './after-payment.ts';
import type { Merchant } from './merchant.ts';
import type { Customer } from './set-up.ts';
import type { Told } from './told.ts';
import type { Faults } from './trouble.ts';

type Charge = {
  readonly id: string;
  readonly customer: string;
  readonly status: string;
  readonly detail: string | null;
};

export type Outcome = {
  readonly customers: number;
  readonly charged: number;
  readonly recovered: number;
  readonly failed: number;
  readonly canceled: number;
  readonly not_saved: number;
};

/** Of the customers who pay by debit. */
export type Debits = {
  readonly customers: number;
  /** Notices that were mailed. */
  readonly notices: number;
  /** Paid from the account. */
  readonly collected: number;
  /** Refused by the bank, and paid otherwise or not at all. */
  readonly refused: number;
  /** Asked back after they had been paid. */
  readonly returned: number;
};

export type Result = Outcome &
  AfterPayment & {
    readonly debits: Debits;
    readonly notifications: Told;
    readonly sums: Reconciliation['sums'];
    readonly agree: boolean;
    readonly faults: Faults;
    readonly seconds: number;
  };

/** Every charge, by its customer, through the API's pages. */
export async function readCharges(merchant: Merchant): Promise<Map<string, Charge>> {
  const charges = new Map<string, Charge>();
  let cursor: string | null = null;
  do {
    const query: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page: { data: Charge[]; next_cursor: string | null } = await merchant.get(
      `/v1/charges?limit=100${query}`,
    );
    for (const charge of page.data) charges.set(charge.customer, charge);
    cursor = page.next_cursor;
  } while (cursor !== null);
  return charges;
}

/** `charged` was paid without a mail that asks for it, `recovered` after one. */
export function tally(
  customers: readonly Customer[],
  charges: ReadonlyMap<string, Charge>,
  mails: readonly Mail[],
): { outcome: Outcome; unsettled: string[] } {
  const mailed = new Set(mails.filter(asks).map((mail) => mail.to));
  const count = { charged: 0, recovered: 0, failed: 0, canceled: 0, not_saved: 0 };
  const unsettled: string[] = [];
  for (const { id, payment_method, person } of customers) {
    const charge = charges.get(id);
    if (payment_method === null) count.not_saved += 1;
    else if (charge?.status === 'succeeded') count[mailed.has(person.email) ? 'recovered' : 'charged'] += 1;
    else if (charge?.status === 'failed') count.failed += 1;
    else if (charge?.status === 'canceled') count.canceled += 1;
    else unsettled.push(`${person.account} ${charge?.id ?? 'no charge'} ${charge?.status ?? ''}`);
  }
  return { outcome: { customers: customers.length, ...count }, unsettled };
}

/** Who was mailed that they are asked for another method is one whose account refused. */
export function tallyDebits(
  customers: readonly Customer[],
  charges: ReadonlyMap<string, Charge>,
  mails: readonly Mail[],
): Debits {
  const debtors = customers.filter(({ person }) => person.type !== 'card');
  const emails = new Set(debtors.map(({ person }) => person.email));
  const asked = new Set(mails.filter(asks).map(({ to }) => to));
  return {
    customers: debtors.length,
    notices: mails.filter((mail) => emails.has(mail.to) && !asks(mail)).length,
    collected: debtors.filter(
      ({ id, person }) => charges.get(id)?.status === 'succeeded' && !asked.has(person.email),
    ).length,
    refused: debtors.filter(({ person }) => asked.has(person.email)).length,
    returned: debtors.filter(({ id }) => charges.get(id)?.detail === 'returned').length,
  };
}

/** The table at the end. */
export function describe(result: Result): string {
  const { debits } = result;
  const rows: [string, number][] = [
    ['paid without a mail', result.charged],
    ['brought back and paid', result.recovered],
    ['failed, with proof', result.failed],
    ['canceled', result.canceled],
    ['could not be saved', result.not_saved],
    ['customers', result.customers],
  ];
  const sums = result.sums.map(
    ({ currency, database, stripe, refunded }) =>
      `  ${currency.toUpperCase()}   database ${formatAmount(database, currency, 'en').padStart(12)}` +
      `   Stripe ${formatAmount(stripe, currency, 'en').padStart(12)}` +
      (refunded.stripe === 0 ? '' : `   after ${formatAmount(refunded.stripe, currency, 'en')} went back`),
  );
  const faults = Object.entries(result.faults).map(
    ([kind, count]) => `${kind.replaceAll('_', ' ')} ${count}`,
  );
  return [
    '',
    ...rows.map(([label, count]) => `  ${label.padEnd(26)}${String(count).padStart(5)}`),
    '',
    ...sums,
    '',
    `  by debit: ${debits.customers} customers, ${debits.notices} notices, ${debits.collected} collected, ` +
      `${debits.refused} refused by the bank, ${debits.returned} asked back later`,
    `  told: ${result.notifications.received} notifications, each signed, and the same as the feed of events`,
    `  on the way: ${faults.join(', ')}`,
    result.agree
      ? '  Database and Stripe agree, to the cent and charge by charge.'
      : '  Database and Stripe DO NOT agree.',
    '',
  ].join('\n');
}
