import type { PaymentSnapshot } from '../../domain/charge/payment-snapshot.ts';
import { unreachable } from '../../platform/errors.ts';
import { closeOrphanCancels, openOrphanCancel, spendOrphanCancel } from '../../store/janitor/orphans.ts';
import type { CallLimits } from '../../stripe/client.ts';
import { cancelPaymentIntent } from '../../stripe/payment-intents.ts';
import type { Dependencies } from '../dependencies.ts';
import { sendKeyed } from '../work/keyed-write.ts';

/**
 * Cancels a PaymentIntent that no charge will ever be bound to, under a number that is written ahead in a row of
 * `sweeps`. If its effect stays unknown, the sweep sends it again.
 */
export async function cancelOrphan(
  deps: Pick<Dependencies, 'sql' | 'stripe' | 'log'>,
  intent: PaymentSnapshot,
  because: string,
  limits: CallLimits,
): Promise<void> {
  const n = await openOrphanCancel(deps.sql, intent.id);
  const sent = await sendKeyed(deps, {
    key: { row: intent.id, verb: 'cancel', n },
    send: (key) => cancelPaymentIntent(deps.stripe, { id: intent.id, key, reason: 'abandoned' }, limits),
  });
  const log = { paymentIntentId: intent.id, cause: because };
  switch (sent.sent) {
    case 'done':
      await closeOrphanCancels(deps.sql, [intent.id]);
      deps.log.info({ event: 'orphan.canceled', ...log });
      return;
    case 'again':
      deps.log.warn({ event: 'orphan.uncertain', code: sent.code, ...log });
      return;
    case 'spent':
      // The next reading of the list shows whether the effect is there.
      await spendOrphanCancel(deps.sql, intent.id, n);
      deps.log.warn({ event: 'orphan.refused', code: sent.code ?? 'server_error', ...log });
      return;
    default:
      unreachable(sent);
  }
}
