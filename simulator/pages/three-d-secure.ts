import { parseForm } from '../http/form.ts';
import { authenticatePayment } from '../machines/pay.ts';
import { authenticateSetup } from '../machines/save.ts';
import type { Context, PaymentIntentRow, SetupIntentRow, World } from '../world/world.ts';
import { escapeHtml, money, page } from './html.ts';
import { type PageAnswer, pageNotFound, seeOther } from './page-answer.ts';

type Found =
  | { kind: 'payment'; row: PaymentIntentRow; context: Context }
  | { kind: 'setup'; row: SetupIntentRow; context: Context };

/** `GET /3ds/:id?client_secret=`: the bank asks the customer. */
export function showChallenge(world: World, id: string, query: string): PageAnswer {
  const found = find(world, id, secretIn(query));
  if (found === undefined) return pageNotFound();
  const { status } = found.row.value;
  if (status !== 'requires_action') return { status: 200, html: finishedPage(found) };
  return { status: 200, html: challengePage(found) };
}

/** The customer's answer: one transition, then back to where they came from. A second answer changes nothing. */
export function answerChallenge(world: World, id: string, query: string, body: string): PageAnswer {
  const found = find(world, id, secretIn(query));
  if (found === undefined) return pageNotFound();
  if (found.row.value.status !== 'requires_action') return { status: 200, html: finishedPage(found) };
  const pressed = parseForm(body).outcome;
  if (pressed !== 'complete' && pressed !== 'fail' && pressed !== 'cancel') {
    return { status: 400, html: challengePage(found) };
  }
  const back = returnUrl(found);
  const outcome = pressed === 'complete' ? 'succeed' : 'fail';
  if (found.kind === 'payment') authenticatePayment(found.context, found.row, outcome);
  else authenticateSetup(found.context, found.row, outcome);
  found.row.returnUrl = back;
  const target = targetOf(found);
  return target === null ? { status: 200, html: finishedPage(found) } : seeOther(target);
}

function find(world: World, id: string, secret: string | null): Found | undefined {
  for (const account of world.accounts.values()) {
    const context: Context = { world, account, request: null };
    const payment = account.paymentIntents.byId.get(id);
    if (payment?.value.client_secret === secret && payment !== undefined) {
      return { kind: 'payment', row: payment, context };
    }
    const setup = account.setupIntents.byId.get(id);
    if (setup?.value.client_secret === secret && setup !== undefined)
      return { kind: 'setup', row: setup, context };
  }
  return undefined;
}

function secretIn(query: string): string | null {
  const sent = parseForm(query).client_secret;
  return typeof sent === 'string' ? sent : null;
}

function returnUrl(found: Found): string | null {
  return found.row.value.next_action?.redirect_to_url?.return_url ?? found.row.returnUrl;
}

/** Where the customer goes next: to the merchant, with what Stripe adds to the address, or back to Checkout. */
function targetOf(found: Found): string | null {
  const { session, value } = found.row;
  if (session !== null) {
    const complete = session.value.status === 'complete';
    const success = session.value.success_url?.replaceAll('{CHECKOUT_SESSION_ID}', session.value.id);
    return complete ? (success ?? null) : session.value.url;
  }
  const base = found.row.returnUrl;
  if (base === null) return null;
  const name = found.kind === 'payment' ? 'payment_intent' : 'setup_intent';
  const settled = ['succeeded', 'requires_capture', 'processing'].includes(value.status);
  const url = new URL(base);
  url.searchParams.set(name, value.id);
  url.searchParams.set(`${name}_client_secret`, String(value.client_secret));
  url.searchParams.set('redirect_status', settled ? 'succeeded' : 'failed');
  return url.href;
}

function challengePage(found: Found): string {
  const { context, row } = found;
  const method = context.account.paymentMethods.byId.get(String(row.value.payment_method));
  const last4 = method?.value.card?.last4 ?? '????';
  const what =
    found.kind === 'payment'
      ? `<p>Simulated merchant asks for <strong data-testid="3ds-amount">${escapeHtml(
          money(found.row.value.amount, found.row.value.currency),
        )}</strong> from your card •••• ${escapeHtml(last4)}.</p>`
      : `<p>Simulated merchant asks to save your card •••• ${escapeHtml(last4)}.</p>`;
  return page(
    'Confirm with your bank',
    `<h1>Confirm with your bank</h1>
${what}
<form method="post" aria-label="Authentication">
<button type="submit" name="outcome" value="complete" data-testid="3ds-complete">Complete</button>
<button type="submit" name="outcome" value="fail" data-testid="3ds-fail">Fail</button>
<button type="submit" name="outcome" value="cancel" data-testid="3ds-cancel">Cancel</button>
</form>`,
  );
}

function finishedPage(found: Found): string {
  const target = targetOf(found);
  const link = target === null ? '' : `<p><a href="${escapeHtml(target)}">Back to the merchant</a></p>`;
  return page(
    'Nothing to confirm',
    `<h1>Nothing to confirm</h1>
<p data-testid="3ds-state">State: ${escapeHtml(found.row.value.status)}</p>
${link}`,
  );
}
