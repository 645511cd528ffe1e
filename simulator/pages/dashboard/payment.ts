import { isEarly } from '../../api/intent-fields.ts';
import { DISPUTE_REASONS, isClosed } from '../../machines/disputes.ts';
import { FRAUD_TYPES } from '../../machines/fraud-warnings.ts';
import { refundable } from '../../machines/refund.ts';
import type { Account, ChargeRow, DisputeRow, PaymentIntentRow } from '../../world/world.ts';
import { escapeHtml, major, money } from '../html.ts';
import {
  actionForm,
  choiceField,
  dashboardPage,
  type Frame,
  facts,
  metadataHtml,
  moment,
  table,
  textField,
} from './layout.ts';
import { chargeOf, customerHtml, statusHtml } from './payments.ts';

const REFUND_REASONS = ['requested_by_customer', 'duplicate', 'fraudulent'] as const;
const CANCELLATION_REASONS = ['requested_by_customer', 'abandoned', 'duplicate', 'fraudulent'] as const;
const DISPUTE_KINDS = ['dispute', 'inquiry'] as const;

/** One payment: what is known of it, and what a person may do to it in the state that it is in. */
export function paymentPage(
  account: Account,
  row: PaymentIntentRow,
  said: Pick<Frame, 'done' | 'error'> = {},
): string {
  const { value } = row;
  const charge = chargeOf(account, row);
  const title = `Payment of ${money(value.amount, value.currency)}`;
  const actions = actionsOf(account, row, charge);
  const offered =
    actions.length === 0
      ? '<p data-testid="nothing">Nothing can be done to it in this state.</p>'
      : `<div class="actions">${actions.join('\n')}</div>`;
  const body = `${known(account, row, charge)}
<h2>Actions</h2>
${offered}
${history(account, row)}`;
  return dashboardPage({ account, title, ...said }, body);
}

function known(account: Account, row: PaymentIntentRow, charge: ChargeRow | undefined): string {
  const { id, currency, amount_received, customer, description, metadata, created } = row.value;
  const method = account.paymentMethods.byId.get(charge?.value.payment_method ?? '')?.value;
  return facts([
    ['Status', statusHtml(row, charge)],
    ['PaymentIntent', escapeHtml(id)],
    ['Charge', escapeHtml(charge?.value.id ?? '–')],
    ['Received', escapeHtml(money(amount_received, currency))],
    ['Refunded', escapeHtml(money(charge?.value.amount_refunded ?? 0, currency))],
    ['Customer', customerHtml(account, customer as string | null)],
    [
      'Method',
      method?.card ? escapeHtml(`${method.card.brand} •••• ${method.card.last4}`) : (method?.type ?? '–'),
    ],
    ['Description', escapeHtml(description ?? '–')],
    ['Metadata', metadataHtml(metadata)],
    ['Created', moment(created)],
  ]);
}

function actionsOf(account: Account, row: PaymentIntentRow, charge: ChargeRow | undefined): string[] {
  const { status, amount, currency } = row.value;
  const forms: string[] = [];
  const isPaid = charge?.value.status === 'succeeded' && charge.value.captured;
  if (charge !== undefined && isPaid) forms.push(...paidActions(account, charge));
  if (isEarly(status)) {
    const field = textField(
      'new-amount',
      'amount',
      `Amount in ${currency.toUpperCase()}`,
      major(amount, currency),
      'decimal',
    );
    forms.push(actionForm('change_amount', 'Change the amount', 'Change amount', field));
  }
  if (isEarly(status) || status === 'requires_capture') {
    const field = choiceField('cancel-reason', 'cancellation_reason', 'Reason', CANCELLATION_REASONS);
    forms.push(actionForm('cancel', 'Cancel the payment', 'Cancel payment', field));
  }
  return forms;
}

function paidActions(account: Account, charge: ChargeRow): string[] {
  const { currency } = charge.value;
  const left = refundable(charge);
  const forms: string[] = [];
  if (left > 0 && (charge.dispute === null || charge.dispute.value.is_charge_refundable)) {
    const label = `Amount in ${currency.toUpperCase()}, at most ${major(left, currency)}`;
    const amount = textField('refund-amount', 'amount', label, major(left, currency), 'decimal');
    const reason = choiceField('refund-reason', 'reason', 'Reason', REFUND_REASONS);
    forms.push(actionForm('refund', 'Refund', 'Refund', amount + reason));
  }
  if (charge.dispute === null || charge.dispute.value.status === 'warning_closed') {
    const kind = choiceField('dispute-kind', 'kind', 'Kind', DISPUTE_KINDS);
    const reason = choiceField('dispute-reason', 'reason', 'Reason', fraudulentFirst(DISPUTE_REASONS));
    forms.push(actionForm('dispute', 'The bank disputes it', 'Open dispute', kind + reason));
  } else if (!isClosed(charge.dispute)) {
    forms.push(closing(charge.dispute));
  }
  if (!account.fraudWarnings.rows.some(({ value }) => value.charge === charge.value.id)) {
    const type = choiceField('fraud-type', 'fraud_type', 'Type of fraud', FRAUD_TYPES);
    forms.push(actionForm('fraud_warning', 'The issuer warns of fraud', 'Make warning', type));
  }
  return forms;
}

function closing({ value }: DisputeRow): string {
  const inquiry = value.status.startsWith('warning_');
  const outcome = inquiry
    ? '<input type="hidden" name="outcome" value="won"><p>An inquiry is closed without a verdict.</p>'
    : choiceField('dispute-outcome', 'outcome', 'The bank finds it', ['won', 'lost']);
  const heading = inquiry ? 'Close the inquiry' : 'Close the dispute';
  return actionForm('close_dispute', heading, heading, outcome);
}

function fraudulentFirst(reasons: readonly string[]): string[] {
  return ['fraudulent', ...reasons.filter((reason) => reason !== 'fraudulent')];
}

/** Everything that happened to the money of a payment, as far as it is an object of its own. */
function history(account: Account, { value: intent }: PaymentIntentRow): string {
  const ours = ({ value }: { value: { payment_intent?: unknown } }) => value.payment_intent === intent.id;
  const refunds = account.refunds.rows
    .filter(ours)
    .map(({ value }) => [
      'Refund',
      escapeHtml(value.id),
      escapeHtml(money(value.amount, value.currency)),
      escapeHtml(`${value.status}${value.reason ? `, ${value.reason}` : ''}`),
      moment(value.created),
    ]);
  const disputes = account.disputes.rows
    .filter(ours)
    .map(({ value }) => [
      'Dispute',
      escapeHtml(value.id),
      escapeHtml(money(value.amount, value.currency)),
      escapeHtml(`${value.status}, ${value.reason}`),
      moment(value.created),
    ]);
  const warnings = account.fraudWarnings.rows
    .filter(ours)
    .map(({ value }) => [
      'Early fraud warning',
      escapeHtml(value.id),
      '–',
      escapeHtml(`${value.fraud_type}, ${value.actionable ? 'actionable' : 'not actionable'}`),
      moment(value.created),
    ]);
  const rows = [...refunds, ...disputes, ...warnings];
  if (rows.length === 0) return '';
  return `<h2>History</h2>
${table('Refunds, disputes and warnings', ['What', 'Id', 'Amount', 'State', 'Created'], rows)}`;
}
