import { bankAccountOf, isDebit, schemeOf } from '../debits/schemes.ts';
import { StripeHttpError } from '../http/errors.ts';
import { parseForm, type Tree } from '../http/form.ts';
import { intentOf, submit } from '../machines/checkout.ts';
import type { MethodSource } from '../machines/methods.ts';
import { cardOfNumber, cardOfToken, cards } from '../magic.ts';
import type { Context, SessionRow, World } from '../world/world.ts';
import { escapeHtml, money, page } from './html.ts';
import { type PageAnswer, pageNotFound, seeOther } from './page-answer.ts';

interface Found {
  row: SessionRow;
  context: Context;
}

/** `GET /c/pay/:cs`: what is to be paid or saved, and the form for it. */
export function showSession(world: World, id: string): PageAnswer {
  const found = find(world, id);
  if (found === undefined) return pageNotFound();
  if (found.row.value.status !== 'open') return { status: 200, html: overPage(found.row) };
  return { status: 200, html: formPage(found.row, found.row.lastError) };
}

/** The customer's press leads to the bank, to the merchant, or back to the form with what is wrong. */
export function submitSession(world: World, id: string, body: string): PageAnswer {
  const found = find(world, id);
  if (found === undefined) return pageNotFound();
  const { row, context } = found;
  if (row.value.status !== 'open') return { status: 200, html: overPage(row) };
  const form = parseForm(body);
  if (form.action === 'cancel') {
    return row.value.cancel_url === null
      ? { status: 200, html: formPage(row, null) }
      : seeOther(row.value.cancel_url);
  }
  const source = sourceIn(form, row);
  if (source === null)
    return { status: 402, html: formPage(row, 'Your card or account number is incorrect.') };
  try {
    const accepted = form.accept !== undefined;
    submit(context, row, { source, name: textIn(form, 'name'), email: textIn(form, 'email'), accepted });
  } catch (error) {
    if (!(error instanceof StripeHttpError)) throw error;
    return { status: 402, html: formPage(row, error.body.message) };
  }
  return next(found);
}

function next({ row, context }: Found): PageAnswer {
  const url = intentOf(context, row)?.row.value.next_action?.redirect_to_url?.url;
  if (row.value.status === 'open' && url) return seeOther(url);
  const success = row.value.success_url?.replaceAll('{CHECKOUT_SESSION_ID}', row.value.id);
  return success === undefined ? { status: 200, html: overPage(row) } : seeOther(success);
}

function find(world: World, id: string): Found | undefined {
  for (const account of world.accounts.values()) {
    const row = account.sessions.byId.get(id);
    if (row !== undefined) return { row, context: { world, account, request: null } };
  }
  return undefined;
}

/** An account wins over a card number where both are on offer and filled in. */
function sourceIn(form: Tree, row: SessionRow): MethodSource | null {
  for (const type of row.value.payment_method_types.filter(isDebit)) {
    const { fields } = schemeOf(type);
    const number = textIn(form, fields.number.name);
    if (number === null) continue;
    const bank = bankAccountOf(type, number);
    return bank === undefined ? null : { kind: 'bank', bank };
  }
  const number = textIn(form, 'number') ?? '';
  const card = cardOfNumber(number) ?? cardOfToken(number);
  const expiry = { exp_month: undefined, exp_year: undefined };
  return card === undefined ? null : { kind: 'card', card, expiry };
}

function textIn(form: Tree, key: string): string | null {
  const value = form[key];
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
}

function formPage(row: SessionRow, error: string | null): string {
  const { value } = row;
  const isPayment = value.mode === 'payment';
  const verb = isPayment ? 'Pay' : 'Save';
  const email = escapeHtml(value.customer_email ?? '');
  const amount = isPayment ? ` ${money(value.amount_total ?? 0, value.currency ?? '')}` : '';
  return page(
    `${verb}${amount}`,
    `<h1>${isPayment ? `Pay${escapeHtml(amount)}` : 'Save your payment method'}</h1>
${isPayment ? summary(row) : '<p>Simulated merchant will charge it as you agreed with them.</p>'}
${error === null ? '' : `<p class="error" role="alert" data-testid="checkout-error">${escapeHtml(error)}</p>`}
<form method="post" aria-label="${verb}">
${fields(value.payment_method_types)}
<label for="name">Name</label>
<input id="name" name="name" autocomplete="name">
<label for="email">E-mail</label>
<input id="email" name="email" type="email" autocomplete="email" value="${email}">
<button type="submit" name="action" value="pay" data-testid="checkout-pay">${verb}</button>
<button type="submit" name="action" value="cancel" data-testid="checkout-cancel">Cancel</button>
</form>`,
  );
}

function summary(row: SessionRow): string {
  const lines = row.lines.map((line) => {
    const sum = money(line.amount_total, line.currency);
    return `<li>${escapeHtml(line.description ?? '')} × ${line.quantity ?? 1}: ${escapeHtml(sum)}</li>`;
  });
  return `<ul>${lines.join('\n')}</ul>`;
}

function fields(types: readonly string[]): string {
  const debits = types.filter(isDebit).map((type) => schemeOf(type).fields);
  const banks = debits.flatMap(({ bank, number }) => [
    bank === null ? '' : field(bank.name, bank.label, `checkout-${bank.name}`),
    // Two names that outside tests know.
    field(number.name, number.label, number.name === 'iban' ? 'checkout-iban' : 'checkout-account'),
  ]);
  return [types.includes('card') ? CARD_FIELD : '', ...banks, debits.length > 0 ? MANDATE_FIELD : ''].join(
    '\n',
  );
}

function field(name: string, label: string, testId: string): string {
  return `<label for="${name}">${label}</label>
<input id="${name}" name="${name}" data-testid="${testId}">`;
}

const CARD_FIELD = `<label for="number">Card number</label>
<input id="number" name="number" list="cards" inputmode="numeric" data-testid="checkout-number">
<datalist id="cards">
${cards.map((card) => `<option value="${card.number}">${escapeHtml(card.token)}</option>`).join('\n')}
</datalist>`;

const MANDATE_FIELD = `<p>By ticking the box you authorise Simulated merchant and Stripe, their payment
service provider, to debit your account as agreed. You may ask your bank for a refund within 8 weeks.</p>
<label for="accept"><input id="accept" name="accept" type="checkbox" data-testid="checkout-accept">
I accept this mandate.</label>`;

function overPage(row: SessionRow): string {
  const state = String(row.value.status);
  return page(
    'Nothing to do here',
    `<h1>Nothing to do here</h1>
<p data-testid="checkout-state">State: ${escapeHtml(state)}</p>`,
  );
}
