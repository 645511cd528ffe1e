import { setupOffer } from '../../domain/setup/setup-offer.ts';
import type { SetupWithConsent } from '../../store/setup/setup-list.ts';
import { readSetupPage } from '../../store/setup/setup-page.ts';
import { retrieveSession } from '../../stripe/checkout-sessions.ts';
import { type NextAction, retrieveSetupSecret } from '../../stripe/setup-intents.ts';
import type { Dependencies } from '../dependencies.ts';
import { setupLinkAddress } from './setup-link.ts';

/** What lets a customer go on with a setup: a secret for Stripe.js, or the address of our page or of Stripe's. */
export type SetupAccess = {
  readonly client_secret: string | null;
  readonly url: string | null;
  /** What Stripe says that they still have to do, as at a bank's page. */
  readonly next_action: NextAction | null;
};

/** A caller waits for this answer, and null is an answer too. */
const STRIPE_WAIT_MS = 5_000;

const NONE: SetupAccess = { client_secret: null, url: null, next_action: null };

/**
 * Reads it live; it is never stored. A customer who still has to consent goes by our own page, while there is
 * something to press on it. Otherwise empty, unless we await the customer and Stripe answers.
 */
export async function readSetupAccess(deps: Dependencies, row: SetupWithConsent): Promise<SetupAccess> {
  if (!row.consent.collect) return readStripeAccess(deps, row.setup);
  const page = await readSetupPageAccess(deps, row);
  const { stripe_checkout_session_id, session_instead_at } = row.setup;
  if (stripe_checkout_session_id !== null || session_instead_at !== null) return page;
  return { ...(await readStripeAccess(deps, row.setup)), url: page.url };
}

/** The part that needs no question to Stripe. */
export async function readSetupPageAccess(
  deps: Dependencies,
  { setup, consent }: SetupWithConsent,
): Promise<SetupAccess> {
  const page = consent.collect ? await readSetupPage(deps.sql, setup.id) : null;
  if (page === null || setupOffer(page) === null) return NONE;
  return { ...NONE, url: setupLinkAddress(deps, setup.id) };
}

async function readStripeAccess(deps: Dependencies, setup: SetupWithConsent['setup']): Promise<SetupAccess> {
  if (setup.state !== 'awaiting_customer') return NONE;
  const limits = { signal: AbortSignal.timeout(STRIPE_WAIT_MS) };
  if (setup.stripe_checkout_session_id !== null) {
    const answer = await retrieveSession(deps.stripe, setup.stripe_checkout_session_id, limits);
    return answer.kind === 'ok' ? { ...NONE, url: answer.value.url } : NONE;
  }
  if (setup.stripe_setup_intent_id === null) return NONE;
  const answer = await retrieveSetupSecret(deps.stripe, setup.stripe_setup_intent_id, limits);
  if (answer.kind !== 'ok') return NONE;
  const { client_secret, next_action } = answer.value;
  return { ...NONE, client_secret, next_action };
}
