import { emit } from '../events/emit.ts';
import { buildRefund } from '../objects/money.ts';
import { change, insert } from '../world/table.ts';
import type { ChargeRow, Context, RefundRow } from '../world/world.ts';
import { enter } from './balance.ts';
import { closeWarnings } from './fraud-warnings.ts';

/** The request for a refund. */
export interface RefundAsked {
  amount: number;
  reason: 'duplicate' | 'fraudulent' | 'requested_by_customer' | null;
  metadata: Record<string, string>;
}

/**
 * Refunds money. Cards get it at once, except where the card table says otherwise; debits wait.
 */
export function refund(context: Context, charge: ChargeRow, asked: RefundAsked): RefundRow {
  const { account, world } = context;
  const behaviour = account.paymentMethods.byId.get(charge.value.payment_method ?? '')?.behaviour;
  const slow =
    behaviour?.kind === 'bank' || (behaviour?.kind === 'card' && behaviour.card.refund === 'pending');
  const value = buildRefund(
    account.random.id('re_3', 23),
    world.clock.seconds(),
    charge.value,
    asked.amount,
    slow ? 'pending' : 'succeeded',
    asked.reason,
    asked.metadata,
  );
  const row: RefundRow = insert(account.refunds, { value });
  charge.refunds.push(row);
  enterRefund(context, row);
  countRefunded(charge);
  emit(context, 'charge.refunded', charge.value);
  emit(context, 'refund.created', row.value);
  closeWarnings(context, charge);
  const later = { world, account, request: null };
  if (slow) world.clock.after(world.options.asyncDelayMs, () => land(later, row));
  else emitUpdated(context, row);
  if (behaviour?.kind === 'card' && behaviour.card.refund === 'fails') {
    world.clock.after(world.options.asyncDelayMs, () =>
      bounce(later, row, charge, 'expired_or_canceled_card'),
    );
  }
  return row;
}

/** Cancels a pending refund. */
export function cancelRefund(context: Context, row: RefundRow): void {
  const charge = context.account.charges.byId.get(String(row.value.charge)) as ChargeRow;
  takeBack(context, row, charge, 'canceled', 'merchant_request');
  emitUpdated(context, row);
}

/** Stripe tells it under both names. */
function emitUpdated(
  context: Context,
  { value }: RefundRow,
  before: Record<string, unknown> | null = null,
): void {
  emit(context, 'refund.updated', value, before);
  emit(context, 'charge.refund.updated', value, before);
}

/** How much of a charge can still be refunded. */
export function refundable(charge: ChargeRow): number {
  return charge.value.amount_captured - refundedOf(charge);
}

function land(context: Context, row: RefundRow): void {
  if (row.value.status !== 'pending') return;
  const { pending_reason: _, ...before } = row.value;
  row.value = { ...before, status: 'succeeded' };
  emitUpdated(context, row, { status: 'pending' });
}

/** The customer's bank sends it back: the money is on the balance again. */
function bounce(context: Context, row: RefundRow, charge: ChargeRow, reason: string): void {
  takeBack(context, row, charge, 'failed', reason);
  emit(context, 'refund.failed', row.value);
  emitUpdated(context, row);
}

function takeBack(
  context: Context,
  row: RefundRow,
  charge: ChargeRow,
  status: 'failed' | 'canceled',
  failure_reason: string,
): void {
  const { id, amount, currency } = row.value;
  const entered = enter(context, {
    type: 'refund_failure',
    category: 'refund_failure',
    amount,
    fee: 0,
    currency,
    source: id,
    description: null,
  });
  const { pending_reason: _, ...before } = row.value;
  row.value = { ...before, failure_balance_transaction: entered.value.id, failure_reason, status };
  countRefunded(charge);
}

function enterRefund(context: Context, row: RefundRow): void {
  const { id, amount, currency } = row.value;
  const entered = enter(context, {
    type: 'refund',
    category: 'refund',
    amount: -amount,
    fee: 0,
    currency,
    source: id,
    description: null,
  });
  change(row, { balance_transaction: entered.value.id });
}

function countRefunded(charge: ChargeRow): void {
  const amount_refunded = refundedOf(charge);
  change(charge, { amount_refunded, refunded: amount_refunded >= charge.value.amount_captured });
}

function refundedOf(charge: ChargeRow): number {
  const live = charge.refunds.filter(
    ({ value }) => value.status === 'succeeded' || value.status === 'pending',
  );
  return live.reduce((sum, { value }) => sum + value.amount, 0);
}
