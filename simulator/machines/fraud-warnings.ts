import type Stripe from 'stripe';
import { emit } from '../events/emit.ts';
import type { Wire } from '../wire-type.ts';
import { change, insert } from '../world/table.ts';
import type { ChargeRow, Context, FraudWarningRow } from '../world/world.ts';

/** What an issuer may call it (https://docs.stripe.com/api/radar/early_fraud_warnings/object). */
export const FRAUD_TYPES = [
  'card_never_received',
  'fraudulent_card_application',
  'made_with_counterfeit_card',
  'made_with_lost_card',
  'made_with_stolen_card',
  'misc',
  'unauthorized_use_of_card',
] as const;
export type FraudType = (typeof FRAUD_TYPES)[number];

/** The card's issuer reports the charge as fraud; the money stays where it is. */
export function warnOfFraud(
  context: Context,
  charge: ChargeRow,
  fraud_type: FraudType = 'misc',
): FraudWarningRow {
  const { account, world } = context;
  const value: Wire<Stripe.Radar.EarlyFraudWarning> = {
    id: account.random.id('issfr_1', 23),
    object: 'radar.early_fraud_warning',
    actionable: isActionable(charge),
    charge: charge.value.id,
    created: world.clock.seconds(),
    fraud_type,
    livemode: false,
    payment_intent: charge.value.payment_intent as string,
  };
  const row = insert(account.fraudWarnings, { value });
  emit(context, 'radar.early_fraud_warning.created', row.value);
  return row;
}

/** After a dispute, or once all the money went back, there is nothing left to do about a warning. */
export function closeWarnings(context: Context, charge: ChargeRow): void {
  if (isActionable(charge)) return;
  for (const row of context.account.fraudWarnings.rows) {
    if (row.value.charge !== charge.value.id || !row.value.actionable) continue;
    const before = row.value;
    change(row, { actionable: false });
    emit(context, 'radar.early_fraud_warning.updated', row.value, { ...before });
  }
}

function isActionable({ value }: ChargeRow): boolean {
  return !value.disputed && !value.refunded;
}
