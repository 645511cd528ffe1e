import { listPage } from '../../http/lists.ts';
import type { Account, ChargeRow, CustomerRow, PaymentIntentRow } from '../../world/world.ts';
import { escapeHtml, money } from '../html.ts';
import { addressOf, dashboardPage, metadataHtml, moment, pager, table } from './layout.ts';

/** What one page of a list holds at most. */
export const PAGE_SIZE = 50;

/** Where in a list a page begins or ends. */
export interface Cursor {
  readonly startingAfter: string | undefined;
  readonly endingBefore: string | undefined;
}

const HEADS = ['Amount', 'Status', 'Customer', 'Description', 'Metadata', 'Created'];

/** The account's payments, newest first. */
export function paymentsPage(account: Account, cursor: Cursor, done?: string): string {
  const base = addressOf(account);
  const page = listPage(account.paymentIntents, { limit: PAGE_SIZE, ...cursor }, base, always, same);
  const rows = page.data.map((row) => paymentCells(account, row));
  const { newer, older } = ends(page.data, page.has_more, cursor);
  const { length } = account.paymentIntents.rows;
  const body =
    length === 0
      ? '<p data-testid="nothing">No payments yet.</p>'
      : table(`Newest first, ${rows.length} of ${length}`, HEADS, rows) + pager(base, newer, older);
  return dashboardPage({ account, title: 'Payments', done }, body);
}

function paymentCells(account: Account, row: PaymentIntentRow): string[] {
  const { id, amount, currency, customer, description, metadata, created } = row.value;
  const link = `<a href="${addressOf(account, 'payments', id)}">${escapeHtml(money(amount, currency))}</a>`;
  return [
    link,
    statusHtml(row, chargeOf(account, row)),
    customerHtml(account, customer as string | null),
    escapeHtml(description ?? '–'),
    metadataHtml(metadata),
    moment(created),
  ];
}

/** A link to the customer, with their address. */
export function customerHtml(account: Account, id: string | null): string {
  if (id === null) return '–';
  const row = account.customers.byId.get(id);
  const name = escapeHtml(nameOf(row) ?? id);
  return `<a href="${addressOf(account, 'customers', id)}">${name}</a>${row?.deleted ? ' (deleted)' : ''}`;
}

/** What a customer is called; null for one without e-mail and name. */
export function nameOf(row: CustomerRow | undefined): string | null {
  return row?.value.email ?? row?.value.name ?? null;
}

/** The newest charge of a PaymentIntent. */
export function chargeOf(account: Account, row: PaymentIntentRow): ChargeRow | undefined {
  return account.charges.byId.get(String(row.value.latest_charge));
}

/** Stripe's status, and what became of the money. */
export function statusHtml({ value }: PaymentIntentRow, charge: ChargeRow | undefined): string {
  const badges = [badge(value.status, value.status === 'succeeded' ? 'good' : '')];
  const refunded = charge?.value.amount_refunded ?? 0;
  if (value.status === 'succeeded' && refunded > 0) {
    badges.push(badge(charge?.value.refunded ? 'refunded' : 'partly refunded', ''));
  }
  if (charge?.dispute) badges.push(badge(`dispute ${charge.dispute.value.status}`, 'bad'));
  return badges.join(' ');
}

function badge(text: string, kind: 'good' | 'bad' | ''): string {
  return `<span class="badge ${kind}">${escapeHtml(text.replaceAll('_', ' '))}</span>`;
}

/** The cursors of the pages before and after one. */
export function ends(
  rows: readonly { value: { id: string } }[],
  hasMore: boolean,
  { startingAfter, endingBefore }: Cursor,
): { newer: string | null; older: string | null } {
  const first = rows[0]?.value.id ?? null;
  const last = rows.at(-1)?.value.id ?? null;
  if (endingBefore !== undefined) return { newer: hasMore ? first : null, older: last };
  return { newer: startingAfter === undefined ? null : first, older: hasMore ? last : null };
}

const always = () => true;
const same = <R>(row: R): R => row;
