import type { PaymentSnapshot } from '../../domain/charge/payment-snapshot.ts';
import type { CallLimits } from '../../stripe/client.ts';
import { settleMarked } from '../charge/marked-intents.ts';
import type { Brought, SettleDependencies } from '../charge/settle-charge.ts';
import type { Dependencies } from '../dependencies.ts';

export type BringDependencies = SettleDependencies & Pick<Dependencies, 'stripe' | 'instance'>;

/**
 * Brings money that a list of Stripe's shows under a charge's mark to that charge, if it is still bound to nothing
 * (docs/protocol.md, 2.10). `reference` names the list in the timeline.
 */
export async function bringMarked(
  deps: BringDependencies,
  intent: PaymentSnapshot,
  reference: string,
  limits: CallLimits = {},
): Promise<Brought | 'unreadable'> {
  const context = await deps.charges.read(intent.metadata.dc_charge ?? '');
  if (context === null || context.charge.stripe_payment_intent_id !== null) return 'stale';
  return settleMarked(deps, context, intent, { carrier: 'janitor', reference }, limits);
}
