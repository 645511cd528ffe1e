import { isDebit, schemeOf } from '../debits/schemes.ts';
import { emit } from '../events/emit.ts';
import { buildDispute } from '../objects/money.ts';
import { change, insert } from '../world/table.ts';
import type { ChargeRow, Context, DisputeRow } from '../world/world.ts';
import { enter } from './balance.ts';
import { closeWarnings } from './fraud-warnings.ts';

/** Why a bank contests a charge (https://docs.stripe.com/disputes/categories). */
export const DISPUTE_REASONS = [
  'bank_cannot_process',
  'check_returned',
  'credit_not_processed',
  'customer_initiated',
  'debit_not_authorized',
  'duplicate',
  'fraudulent',
  'general',
  'incorrect_account_details',
  'insufficient_funds',
  'noncompliant',
  'product_not_received',
  'product_unacceptable',
  'subscription_canceled',
  'unrecognized',
] as const;

/**
 * The customer's bank contests a charge. An inquiry only asks; a dispute takes the money first. One of a debit is lost with
 * that: nobody can contest it (https://docs.stripe.com/payments/sepa-debit, /au-becs-debit, disputed payments).
 */
export function openDispute(
  context: Context,
  charge: ChargeRow,
  reason: string,
  inquiry: boolean,
): DisputeRow {
  const { account, world } = context;
  const value = buildDispute(
    account.random.id('du_1', 23),
    world.clock.seconds(),
    charge.value,
    reason,
    inquiry,
  );
  const row: DisputeRow = insert(account.disputes, { value });
  const type = charge.value.payment_method_details?.type ?? '';
  const ends = isDebit(type) && !inquiry ? schemeOf(type).disputes : null;
  if (ends !== null) change(row, { status: 'lost' });
  charge.dispute = row;
  change(charge, { disputed: true });
  emit(context, 'charge.dispute.created', row.value);
  closeWarnings(context, charge);
  if (!inquiry) {
    move(context, row, -value.amount);
    emit(context, 'charge.dispute.funds_withdrawn', row.value);
  }
  if (ends === 'closed_at_once') emit(context, 'charge.dispute.closed', row.value);
  return row;
}

/** The bank's verdict. If the merchant wins, the money comes back. */
export function closeDispute(context: Context, row: DisputeRow, won: boolean): void {
  const inquiry = row.value.status.startsWith('warning_');
  const status = inquiry ? 'warning_closed' : won ? 'won' : 'lost';
  change(row, { status });
  if (won && !inquiry) {
    move(context, row, row.value.amount);
    emit(context, 'charge.dispute.funds_reinstated', row.value);
  }
  emit(context, 'charge.dispute.closed', row.value);
}

/** Whether it is final. */
export function isClosed(row: DisputeRow): boolean {
  return ['won', 'lost', 'warning_closed'].includes(row.value.status);
}

function move(context: Context, row: DisputeRow, amount: number): void {
  const category = amount < 0 ? 'dispute' : 'dispute_reversal';
  const { id, currency } = row.value;
  const entered = enter(context, {
    type: 'adjustment',
    category,
    amount,
    fee: 0,
    currency,
    source: id,
    description: null,
  });
  change(row, { balance_transactions: [...row.value.balance_transactions, entered.value as never] });
}
