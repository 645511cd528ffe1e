/** What banks and card networks do of their own accord. Stripe tells of it, and has no call that brings it about. */
import { updateFromNetwork } from '../machines/card-updater.ts';
import { closeDispute, DISPUTE_REASONS, isClosed, openDispute } from '../machines/disputes.ts';
import { FRAUD_TYPES, type FraudType, warnOfFraud } from '../machines/fraud-warnings.ts';
import { type Card, cardOfNumber } from '../magic.ts';
import type { ChargeRow, World } from '../world/world.ts';
import { ControlError, find } from './find.ts';

/** The new data of a card. A number may be any of the test cards; without one the card keeps its own. */
export interface CardRenewal {
  exp_month: number;
  exp_year: number;
  number?: string | undefined;
}

/** Opens a dispute on a charge that was paid, or an inquiry, which asks and takes no money. */
export function disputeCharge(world: World, id: string, reason: string, inquiry: boolean) {
  const { row, context } = find(world, 'charge', id, (account) => account.charges.byId);
  refuseUnpaid(row);
  if (!(DISPUTE_REASONS as readonly string[]).includes(reason)) {
    throw new ControlError(400, `reason must be one of ${DISPUTE_REASONS.join(', ')}`);
  }
  // An inquiry that came to nothing may be followed by a dispute.
  if (row.dispute !== null && row.dispute.value.status !== 'warning_closed') {
    throw new ControlError(409, `${id} is disputed already`);
  }
  return openDispute(context, row, reason, inquiry).value;
}

/** The bank's verdict on a dispute; an inquiry is closed without one. */
export function decideDispute(world: World, id: string, outcome: 'won' | 'lost') {
  const { row, context } = find(world, 'dispute', id, (account) => account.disputes.byId);
  if (isClosed(row)) throw new ControlError(409, `${id} is ${row.value.status}`);
  closeDispute(context, row, outcome === 'won');
  return row.value;
}

/** The issuer reports a charge that was paid as fraud. */
export function reportFraud(world: World, id: string, fraudType: string) {
  const { row, context } = find(world, 'charge', id, (account) => account.charges.byId);
  refuseUnpaid(row);
  if (!(FRAUD_TYPES as readonly string[]).includes(fraudType)) {
    throw new ControlError(400, `fraud_type must be one of ${FRAUD_TYPES.join(', ')}`);
  }
  return warnOfFraud(context, row, fraudType as FraudType).value;
}

/** The network renews a saved card. */
export function renewCard(world: World, id: string, renewal: CardRenewal) {
  const { row, context } = find(world, 'payment method', id, (account) => account.paymentMethods.byId);
  const { exp_month, exp_year } = renewal;
  if (row.value.card === undefined || row.value.customer === null) {
    throw new ControlError(409, `${id} is no card of a customer`);
  }
  if (!isWhole(exp_month, 1, 12)) throw new ControlError(400, 'exp_month must be 1 to 12');
  if (!isWhole(exp_year, 2000, 2099)) throw new ControlError(400, 'exp_year must be a year');
  updateFromNetwork(context, row, { exp_month, exp_year }, cardIn(renewal.number));
  return row.value;
}

function cardIn(number: string | undefined): Card | null {
  if (number === undefined) return null;
  const card = cardOfNumber(number);
  if (card === undefined) throw new ControlError(400, 'number must be the number of a test card');
  return card;
}

function isWhole(value: number, low: number, high: number): boolean {
  return Number.isInteger(value) && value >= low && value <= high;
}

function refuseUnpaid({ value }: ChargeRow): void {
  if (value.status !== 'succeeded' || !value.captured) {
    throw new ControlError(
      409,
      `${value.id} is ${value.status}${value.captured ? '' : ', and not captured'}`,
    );
  }
}
