import type { SetupRow } from '../store/setups-list.ts';
import { retrieveSession } from '../stripe/checkout-sessions.ts';
import { retrieveSetupSecret } from '../stripe/setup-intents.ts';
import type { Dependencies } from './dependencies.ts';

/** What lets a customer go on with a setup: a secret for Stripe.js, or the address of Stripe's page. */
export type SetupAccess = { readonly client_secret: string | null; readonly url: string | null };

/** Somebody waits for this answer, and null is one. */
const STRIPE_WAIT_MS = 5_000;

const NONE: SetupAccess = { client_secret: null, url: null };

/** Reads it live: it is never stored. Nothing unless the customer is awaited, or when Stripe does not answer. */
export async function readSetupAccess(deps: Dependencies, setup: SetupRow): Promise<SetupAccess> {
  if (setup.state !== 'awaiting_customer') return NONE;
  const limits = { signal: AbortSignal.timeout(STRIPE_WAIT_MS) };
  if (setup.stripe_checkout_session_id !== null) {
    const answer = await retrieveSession(deps.stripe, setup.stripe_checkout_session_id, limits);
    return answer.kind === 'ok' ? { ...NONE, url: answer.value.url } : NONE;
  }
  if (setup.stripe_setup_intent_id === null) return NONE;
  const answer = await retrieveSetupSecret(deps.stripe, setup.stripe_setup_intent_id, limits);
  return answer.kind === 'ok' ? { ...NONE, client_secret: answer.value.client_secret } : NONE;
}
