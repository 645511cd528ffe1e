import type { ChargeFact } from '../../domain/charge/charge-facts.ts';
import { readOpenReplacement } from '../../store/recovery/replacements.ts';
import { retrievePaymentIntent } from '../../stripe/payment-intents.ts';
import { applyChargeFact } from '../charge/settle-charge.ts';
import type { Dependencies } from '../dependencies.ts';
import { readSetupAfterReturn } from '../setup/press-setup.ts';

/**
 * The customer is back from the bank or from Checkout: reads what Stripe says now and applies it, so that the page
 * need not wait for a webhook. We never believe the address that the customer returns by (docs/protocol.md, 9.7). If
 * Stripe does not answer, nothing changes: the webhook or the janitor brings the same fact later.
 */
export async function readAfterReturn(
  deps: Dependencies,
  back: {
    readonly charge_id: string;
    readonly recovery_id: string;
    readonly payment_intent_id: string | null;
  },
): Promise<void> {
  const now: Dependencies = { ...deps, charges: deps.chargesNow };
  const replacement = await readOpenReplacement(deps.sql, back.recovery_id);
  if (replacement !== null) await readSetupAfterReturn(deps, replacement.id);
  if (back.payment_intent_id === null) return;
  const context = await now.charges.read(back.charge_id);
  if (context === null) return;
  const intent = await retrievePaymentIntent(deps.stripe, back.payment_intent_id);
  if (intent.kind !== 'ok') return;
  const fact: ChargeFact = { fact: 'payment_intent', snapshot: intent.value, key: null, current: true };
  await applyChargeFact(now, back.charge_id, fact, { carrier: 'customer', reference: 'return', context });
}
