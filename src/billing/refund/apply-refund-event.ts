/** Applies what Stripe tells of a payment after its success: refunds, disputes and early fraud warnings. */
import type {
  DisputeSnapshot,
  RefundedSnapshot,
  RefundSnapshot,
  WarningSnapshot,
} from '../../domain/charge/refund-snapshot.ts';
import { type ChargeState, isTerminal } from '../../domain/machines.ts';
import { AppError } from '../../platform/errors.ts';
import { derivedId } from '../../platform/ids.ts';
import { findCharge } from '../../store/charge/charge-context.ts';
import { type Bringer, bringDispute, bringWarning } from '../../store/charge/disputes.ts';
import { takeRefund } from '../../store/charge/refund-intake.ts';
import { retrievePaymentIntent } from '../../stripe/payment-intents.ts';
import { listRefunds } from '../../stripe/refunds/refunds.ts';
import { applyChargeFact, type SettleDependencies } from '../charge/settle-charge.ts';
import type { Dependencies } from '../dependencies.ts';
import { bringRefundOf, type RefundDependencies } from './bring-refund.ts';

export type ReturnDependencies = RefundDependencies & SettleDependencies & Pick<Dependencies, 'policies'>;

/** Whether it concerned any charge of ours. */
export type ReturnApplied = 'applied' | 'ignored';

/** One refund. @throws AppError `stripe_unreadable` where its charge has to be read first and Stripe does not answer */
export async function applyRefund(
  deps: ReturnDependencies,
  refund: RefundSnapshot,
  by: Bringer,
): Promise<ReturnApplied> {
  const charge_id = await chargeOf(deps, refund.payment_intent, by);
  if (charge_id === null) return 'ignored';
  await bringRefundOf(deps, charge_id, refund, by);
  return 'applied';
}

/** Something went back of a charge of Stripe's: its event names no refund, so all of them are read. */
export async function applyRefunded(
  deps: ReturnDependencies,
  { payment_intent }: RefundedSnapshot,
  by: Bringer,
): Promise<ReturnApplied> {
  const charge_id = await chargeOf(deps, payment_intent, by);
  if (charge_id === null || payment_intent === null) return 'ignored';
  const listed = await listRefunds(deps.stripe, payment_intent);
  if (listed.kind !== 'ok') throw new AppError('stripe_unreadable');
  for (const refund of listed.value) await bringRefundOf(deps, charge_id, refund, by);
  return 'applied';
}

/** Money is asked back: the charge stays succeeded, its method is closed, and the log warns a person. */
export async function applyDispute(
  deps: ReturnDependencies,
  dispute: DisputeSnapshot,
  by: Bringer & { readonly is_current?: boolean },
): Promise<ReturnApplied> {
  const charge_id = await chargeOf(deps, dispute.payment_intent, by);
  if (charge_id === null) return 'ignored';
  const brought = await bringDispute(deps.sql, charge_id, dispute, by.is_current === true, by);
  if (brought === 'opened') deps.log.warn({ event: 'charge.disputed', chargeId: charge_id });
  if (brought === 'closed')
    deps.log.info({ event: 'charge.dispute_closed', chargeId: charge_id, outcome: dispute.status ?? '' });
  return 'applied';
}

/**
 * A card's issuer calls a payment fraud. Where the merchant has ruled so, all of it goes back, once: the refund's id is the
 * warning's, so that no repetition, and no refund that failed, asks for another.
 */
export async function applyWarning(
  deps: ReturnDependencies,
  warning: WarningSnapshot,
  by: Bringer,
): Promise<ReturnApplied> {
  const charge_id = await chargeOf(deps, warning.payment_intent, by);
  if (charge_id === null) return 'ignored';
  if (await bringWarning(deps.sql, charge_id, warning, by))
    deps.log.warn({ event: 'charge.fraud_warning', chargeId: charge_id });
  if (deps.policies.refund_on_fraud_warning && warning.actionable) {
    const id = derivedId('rfd', deps.instance.deriveKey, 'fraud_warning', warning.id);
    const whole = { id, charge_id, amount_minor: null, reason: 'fraudulent', metadata: {} };
    const taken = await takeRefund(deps.sql, whole, { cause: 'policy', cause_reference: warning.id });
    if (taken.id !== null) await deps.offer('refund', [taken.id]);
  }
  return 'applied';
}

/**
 * The charge that is bound to this PaymentIntent. What Stripe says of a payment proves the payment: a charge that has not
 * heard of it hears that first, which also ends its recovery and the mails that are to come.
 */
async function chargeOf(
  deps: ReturnDependencies,
  payment_intent: string | null,
  by: Bringer,
): Promise<string | null> {
  if (payment_intent === null) return null;
  const { id } = await findCharge(deps.sql, payment_intent);
  if (id === null) return null;
  const context = await deps.charges.read(id);
  if (context === null || isTerminal('charge', context.charge.state as ChargeState)) return id;
  const answer = await retrievePaymentIntent(deps.stripe, payment_intent);
  if (answer.kind !== 'ok') throw new AppError('stripe_unreadable');
  const fact = { fact: 'payment_intent', snapshot: answer.value, key: null, current: true } as const;
  const carrier = by.cause === 'webhook' ? 'webhook' : 'janitor';
  await applyChargeFact(deps, id, fact, { carrier, reference: by.cause_reference, context });
  return id;
}
