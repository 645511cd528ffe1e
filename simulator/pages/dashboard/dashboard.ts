import { ControlError } from '../../control/find.ts';
import { StripeHttpError } from '../../http/errors.ts';
import { parseForm } from '../../http/form.ts';
import type { Account, World } from '../../world/world.ts';
import { escapeHtml } from '../html.ts';
import { type PageAnswer, pageNotFound, seeOther } from '../page-answer.ts';
import { actOnCustomer, actOnPayment, DONE } from './actions.ts';
import { customerPage, customersPage } from './customers.ts';
import { addressOf, dashboardPage, table } from './layout.ts';
import { paymentPage } from './payment.ts';
import { type Cursor, paymentsPage } from './payments.ts';

/** What a person who is signed in to Stripe's dashboard sees: every account, its payments and its customers. */
export function showDashboard(world: World, parts: readonly string[], query: string): PageAnswer {
  const [id = '', kind = '', object = ''] = parts;
  if (id === '') return accountsPage(world);
  const account = accountWithId(world, id);
  if (account === undefined || parts.length > 3) return pageNotFound();
  const asked = parseForm(query);
  const done = typeof asked.done === 'string' ? DONE[asked.done] : undefined;
  if (kind === '') return listed(() => paymentsPage(account, cursorIn(asked), done));
  if (kind === 'customers' && object === '')
    return listed(() => customersPage(account, cursorIn(asked), done));
  const payment = account.paymentIntents.byId.get(object);
  if (kind === 'payments' && payment !== undefined) return ok(paymentPage(account, payment, { done }));
  const customer = account.customers.byId.get(object);
  if (kind === 'customers' && customer !== undefined) return ok(customerPage(account, customer, { done }));
  return pageNotFound();
}

/** A press on one of its buttons: done and shown, or what is wrong with it. */
export function pressDashboard(world: World, parts: readonly string[], body: string): PageAnswer {
  const [id = '', kind = '', object = ''] = parts;
  const account = accountWithId(world, id);
  const form = parseForm(body);
  const payment = account?.paymentIntents.byId.get(object);
  if (account !== undefined && kind === 'payments' && payment !== undefined) {
    return acted(
      () => actOnPayment(world, account, payment, form),
      `${addressOf(account, 'payments', object)}?done=${String(form.action)}`,
      (error) => paymentPage(account, payment, { error }),
    );
  }
  const customer = account?.customers.byId.get(object);
  if (account !== undefined && kind === 'customers' && customer !== undefined) {
    return acted(
      () => actOnCustomer(world, account, customer, form),
      `${addressOf(account, 'customers', object)}?done=${String(form.action)}`,
      (error) => customerPage(account, customer, { error }),
    );
  }
  return pageNotFound();
}

function acted(act: () => unknown, after: string, failed: (error: string) => string): PageAnswer {
  try {
    act();
    return seeOther(after);
  } catch (error) {
    if (error instanceof StripeHttpError) return { status: 400, html: failed(error.body.message) };
    if (error instanceof ControlError) return { status: 400, html: failed(error.message) };
    throw error;
  }
}

/** A list whose cursor names nothing of the account is a page that does not exist. */
function listed(show: () => string): PageAnswer {
  try {
    return ok(show());
  } catch (error) {
    if (error instanceof StripeHttpError) return pageNotFound();
    throw error;
  }
}

function accountsPage(world: World): PageAnswer {
  const accounts = [...world.accounts.values()];
  const [only] = accounts;
  if (only !== undefined && accounts.length === 1) return seeOther(addressOf(only));
  const rows = accounts.map((account) => [
    `<a href="${addressOf(account)}">${escapeHtml(account.id)}</a>`,
    String(account.paymentIntents.rows.length),
    String(account.customers.rows.length),
  ]);
  const body =
    rows.length === 0
      ? '<p data-testid="nothing">No account yet: one is opened by the first call with its secret key.</p>'
      : table('One for each secret key', ['Account', 'Payments', 'Customers'], rows);
  return ok(dashboardPage({ account: null, title: 'Accounts' }, body));
}

function accountWithId(world: World, id: string): Account | undefined {
  return [...world.accounts.values()].find((account) => account.id === id);
}

function cursorIn(asked: ReturnType<typeof parseForm>): Cursor {
  const { starting_after, ending_before } = asked;
  return {
    startingAfter: typeof starting_after === 'string' ? starting_after : undefined,
    endingBefore: typeof ending_before === 'string' ? ending_before : undefined,
  };
}

function ok(html: string): PageAnswer {
  return { status: 200, html };
}
