/**
 * The customer's press on our set-up page: one statement records their consent, then a Checkout Session takes the
 * card. A person waits, so the press takes a worker's steps itself, under the same lease. What it began and could not
 * finish is due, and a worker or the next press goes on with it.
 */
import type { Evidence } from '../../domain/consent.ts';
import { setupOffer } from '../../domain/setup/setup-offer.ts';
import { acceptConsent, readSetupPage } from '../../store/setup/setup-page.ts';
import { openSessionInstead, readSetup, type SetupContext } from '../../store/setup/setups.ts';
import { retrieveSession } from '../../stripe/checkout-sessions.ts';
import type { Dependencies } from '../dependencies.ts';
import { takeStep } from '../work/outcome.ts';
import { advanceSetup } from './advance-setup.ts';
import { settleSetup } from './settle-setup.ts';

/** `mandate`: the scheme's words that the page showed beside the agreement. */
export type SetupPress = Evidence & {
  readonly setup_id: string;
  readonly mandate: { readonly text: string; readonly version: string } | null;
};

export type SetupPressed =
  /** Stripe's page, read live and never stored. */
  | { readonly outcome: 'redirect'; readonly url: string }
  /** Nothing is left to press, or only the consent was: our page says which. */
  | { readonly outcome: 'settled' }
  /** Stripe gave no usable answer yet: press again. */
  | { readonly outcome: 'unavailable' };

/** More passes than there are parties that could write in between. */
const PASSES_MAX = 5;
const STEP_WAIT_MS = 200;
/** How long a person waits before we ask them to press again. */
const PATIENCE_MS = 8_000;

const SETTLED: SetupPressed = { outcome: 'settled' };
const UNAVAILABLE: SetupPressed = { outcome: 'unavailable' };

/** Records the press, unless one is recorded, and leads on to Checkout if a card is still to be entered. */
export async function pressSetup(deps: Dependencies, press: SetupPress): Promise<SetupPressed> {
  for (let pass = 0; pass < PASSES_MAX; pass += 1) {
    const row = await readSetupPage(deps.sql, press.setup_id);
    const offer = row === null ? null : setupOffer(row);
    if (row === null || offer === null) return SETTLED;
    if (offer === 'save') return leadToCheckout(deps, press.setup_id);
    const accepted = await acceptConsent(deps.sql, { ...press, revision: row.revision });
    if (accepted) deps.log.info({ event: 'setup.accepted', setupId: press.setup_id });
  }
  return UNAVAILABLE;
}

/** Leads to the setup's Session, which may be created now; `settled` when no card can be entered any more. */
export async function leadToCheckout(deps: Dependencies, setup_id: string): Promise<SetupPressed> {
  const until_ms = performance.now() + PATIENCE_MS;
  for (;;) {
    const context = await readSetup(deps.sql, setup_id);
    const state = context?.setup.state;
    if (context === null || (state !== 'queued' && state !== 'awaiting_customer')) return SETTLED;
    if (context.setup.stripe_checkout_session_id !== null) return useSession(deps, context);
    await step(deps, context);
    if (performance.now() >= until_ms) return UNAVAILABLE;
  }
}

/** Takes one step of the setup, or waits while its holder does. */
async function step(deps: Dependencies, { setup }: SetupContext): Promise<void> {
  const claimed = await deps.leases.claimNow('setup', setup.id);
  if (claimed !== null) {
    try {
      if (setup.via === 'elements') await openSessionInstead(deps.sql, claimed.lease);
      await takeStep(deps, advanceSetup, claimed);
    } finally {
      await deps.leases.release(claimed.lease);
    }
  }
  const now = await readSetup(deps.sql, setup.id);
  const is_ready = now?.setup.stripe_checkout_session_id !== null;
  if (!is_ready) await new Promise((resolve) => setTimeout(resolve, STEP_WAIT_MS));
}

async function useSession(deps: Dependencies, { setup }: SetupContext): Promise<SetupPressed> {
  const session = await retrieveSession(deps.stripe, setup.stripe_checkout_session_id ?? '');
  if (session.kind !== 'ok') return UNAVAILABLE;
  const { snapshot, url } = session.value;
  if (snapshot.status === 'open' && url !== null) return { outcome: 'redirect', url };
  await readSetupAfterReturn(deps, setup.id);
  return SETTLED;
}

/**
 * The customer is back from Checkout: reads what Stripe says now and applies it, so that the page need not wait for a
 * webhook. If Stripe does not answer, nothing changes: the webhook or a worker brings the same later.
 */
export async function readSetupAfterReturn(deps: Dependencies, setup_id: string): Promise<void> {
  await settleSetup(deps, setup_id, { cause: 'customer', cause_reference: 'return', intent: null });
}
