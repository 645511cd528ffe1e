import { readSetup, type SetupBinding, takeCloseNumber } from '../../store/setup/setups.ts';
import { expireSession } from '../../stripe/checkout-sessions.ts';
import { cancelSetupIntent, retrieveSetupIntent } from '../../stripe/setup-intents.ts';
import type { Dependencies } from '../dependencies.ts';
import { sendKeyed } from '../work/keyed-write.ts';

/**
 * Ends an object that carries a setup's mark although the setup has bound another, or is over. Best effort the first
 * time: nobody ever got a stray's secret, and Stripe's own expiry ends a Session. Stripe's created event retries it.
 *
 * An object that may still be bound is left alone: the holder of the setup is about to find it under the same key.
 */
export async function cancelStray(
  deps: Dependencies,
  setup_id: string,
  stray: SetupBinding,
  signal?: AbortSignal,
): Promise<void> {
  const context = await readSetup(deps.sql, setup_id);
  if (context === null || !isStray(context.setup, stray)) return;
  const limits = { signal };
  const { stripe_checkout_session_id: session, stripe_setup_intent_id: intent } = stray;
  if (session !== null) {
    const n = await takeCloseNumber(deps.sql, setup_id);
    await sendKeyed(deps, {
      key: { row: setup_id, verb: 'expire', n },
      send: (key) => expireSession(deps.stripe, { id: session, key }, limits),
    });
  } else if (intent !== null) {
    const read = await retrieveSetupIntent(deps.stripe, intent, limits);
    if (read.kind !== 'ok' || !read.value.status.startsWith('requires_')) return;
    const n = await takeCloseNumber(deps.sql, setup_id);
    await sendKeyed(deps, {
      key: { row: setup_id, verb: 'cancel', n },
      send: (key) => cancelSetupIntent(deps.stripe, { id: intent, key, reason: 'duplicate' }, limits),
    });
  }
  deps.log.warn({ event: 'setup.stray_canceled', setupId: setup_id });
}

function isStray(setup: SetupBinding & { readonly settled_at: Date | null }, made: SetupBinding): boolean {
  const is_bound = setup.stripe_setup_intent_id !== null || setup.stripe_checkout_session_id !== null;
  const is_this =
    isSame(setup.stripe_setup_intent_id, made.stripe_setup_intent_id) ||
    isSame(setup.stripe_checkout_session_id, made.stripe_checkout_session_id);
  return is_bound ? !is_this : setup.settled_at !== null;
}

const isSame = (bound: string | null, made: string | null): boolean => made !== null && bound === made;
