import { isDebit } from '../../debits/schemes.ts';
import { listPage } from '../../http/lists.ts';
import type { Account, CustomerRow, PaymentMethodRow } from '../../world/world.ts';
import { escapeHtml } from '../html.ts';
import {
  actionForm,
  addressOf,
  dashboardPage,
  type Frame,
  facts,
  metadataHtml,
  moment,
  pager,
  table,
  textField,
} from './layout.ts';
import { type Cursor, ends, nameOf, PAGE_SIZE } from './payments.ts';

const HEADS = ['Customer', 'Methods', 'Metadata', 'Created'];

/** The account's customers with their methods, newest first. */
export function customersPage(account: Account, cursor: Cursor, done?: string): string {
  const base = addressOf(account, 'customers');
  const isLive = (row: CustomerRow) => !row.deleted;
  const page = listPage(account.customers, { limit: PAGE_SIZE, ...cursor }, base, isLive, (row) => row);
  const rows = page.data.map((row) => customerCells(account, row));
  const { newer, older } = ends(page.data, page.has_more, cursor);
  const body =
    rows.length === 0
      ? '<p data-testid="nothing">No customers yet.</p>'
      : table('Newest first', HEADS, rows) + pager(base, newer, older);
  return dashboardPage({ account, title: 'Customers', done }, body);
}

function customerCells(account: Account, row: CustomerRow): string[] {
  const { id, metadata, created } = row.value;
  const methods = methodsOf(account, id).map((method) => `<span class="pair">${describe(method)}</span>`);
  return [
    `<a href="${addressOf(account, 'customers', id)}">${escapeHtml(nameOf(row) ?? id)}</a>`,
    methods.join(' ') || '–',
    metadataHtml(metadata),
    moment(created),
  ];
}

/** One customer: their methods, each with what a person or the card's network may do to it. */
export function customerPage(
  account: Account,
  row: CustomerRow,
  said: Pick<Frame, 'done' | 'error'> = {},
): string {
  const { id, email, name, metadata, created } = row.value;
  const known = facts([
    ['Customer', `${escapeHtml(id)}${row.deleted ? ' (deleted)' : ''}`],
    ['E-mail', escapeHtml(email ?? '–')],
    ['Name', escapeHtml(name ?? '–')],
    ['Metadata', metadataHtml(metadata)],
    ['Created', moment(created)],
  ]);
  const methods = methodsOf(account, id);
  const deletion = actionForm(
    'delete',
    'Delete the customer',
    'Delete customer',
    '<p>For good, and all their methods are detached.</p>',
  );
  const body = `${known}
<h2>Methods</h2>
${methods.length === 0 ? '<p data-testid="nothing">None.</p>' : methods.map(methodSection).join('\n')}
${row.deleted ? '' : `<h2>Actions</h2>\n<div class="actions">${deletion}</div>`}`;
  return dashboardPage({ account, title: nameOf(row) ?? id, ...said }, body);
}

function methodSection(row: PaymentMethodRow, at: number): string {
  const { id, card } = row.value;
  const hidden = `<input type="hidden" name="payment_method" value="${escapeHtml(id)}">`;
  const forms = [
    actionForm(
      'detach',
      'Detach the method',
      'Detach',
      `${hidden}<p>${describe(row)} can then never be used again.</p>`,
      `detach-${at}`,
    ),
  ];
  if (card !== undefined) {
    const fields = [
      hidden,
      textField(`month-${at}`, 'exp_month', 'Month of expiry', String(card.exp_month), 'numeric'),
      textField(`year-${at}`, 'exp_year', 'Year of expiry', String(card.exp_year + 1), 'numeric'),
      textField(`number-${at}`, 'number', 'New number (a test card; empty keeps it)', '', 'numeric'),
    ];
    const heading = 'The network renews the card';
    forms.push(actionForm('renew', heading, 'Renew card', fields.join('\n'), `renew-${at}`));
  }
  return `<section aria-labelledby="method-${at}">
<h3 id="method-${at}">${describe(row)} <small>${escapeHtml(id)}</small></h3>
<div class="actions">${forms.join('\n')}</div>
</section>`;
}

/** `visa •••• 4242, 8/2030`, as HTML. */
function describe({ value }: PaymentMethodRow): string {
  const { type, card } = value;
  if (card !== undefined) {
    return escapeHtml(`${card.brand} •••• ${card.last4}, ${card.exp_month}/${card.exp_year}`);
  }
  const account = isDebit(type) ? value[type] : undefined;
  return escapeHtml(`${type} •••• ${account?.last4 ?? ''}`);
}

function methodsOf(account: Account, customer: string): PaymentMethodRow[] {
  return account.paymentMethods.rows.filter(({ value }) => value.customer === customer).reverse();
}
