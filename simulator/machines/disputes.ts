import type Stripe from 'stripe';
import { emit } from '../events/emit.ts';
import { buildDispute } from '../objects/money.ts';
import type { Wire } from '../wire-type.ts';
import { change, insert } from '../world/table.ts';
import type { ChargeRow, Context, DisputeRow } from '../world/world.ts';
import { enter } from './balance.ts';

/** The customer's bank contests a charge. An inquiry only asks; a dispute takes the money first. */
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
  charge.dispute = row;
  change(charge, { disputed: true });
  emit(context, 'charge.dispute.created', row.value);
  if (!inquiry) {
    move(context, row, -value.amount);
    emit(context, 'charge.dispute.funds_withdrawn', row.value);
  }
  return row;
}

/** The card's issuer reports the charge as fraud; the money stays where it is. */
export function warnOfFraud(context: Context, charge: ChargeRow): void {
  const { account, world } = context;
  const warning: Wire<Stripe.Radar.EarlyFraudWarning> = {
    id: account.random.id('issfr_1', 23),
    object: 'radar.early_fraud_warning',
    actionable: true,
    charge: charge.value.id,
    created: world.clock.seconds(),
    fraud_type: 'misc',
    livemode: false,
    payment_intent: charge.value.payment_intent as string,
  };
  emit(context, 'radar.early_fraud_warning.created', warning);
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
