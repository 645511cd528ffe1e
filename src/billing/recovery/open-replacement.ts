/**
 * The customer's "use another card": a setup that their recovery asks for (docs/protocol.md, 10.1). From there on it
 * is a setup like any other: the same press leads to Checkout, and the same worker and events carry it.
 */
import type { Evidence } from '../../domain/consent.ts';
import { DAY_MS } from '../../domain/durations.ts';
import type { SetupState } from '../../domain/machines.ts';
import { randomId } from '../../platform/ids.ts';
import { openReplacement, readOpenReplacement } from '../../store/recovery/replacements.ts';
import { readRow } from '../../store/work/obligations.ts';
import type { Dependencies } from '../dependencies.ts';
import { leadToCheckout, type SetupPressed } from '../setup/press-setup.ts';

type Replace = Evidence & { readonly recovery_id: string };

/**
 * As long as Stripe keeps a Checkout Session open (https://docs.stripe.com/api/checkout/sessions/create,
 * `expires_at`).
 */
const SESSION_MS = DAY_MS;

/**
 * Redirects to the open Checkout Session, or opens the next; `settled` when the card is already saved, or the recovery
 * allows no more sessions or no press now. The press accepts this amount on the card to come.
 */
export async function replaceCard(deps: Dependencies, press: Replace): Promise<SetupPressed> {
  const open = await readOpenReplacement(deps.sql, press.recovery_id);
  const id = open?.id ?? (await openNext(deps, press));
  if (id === null) return { outcome: 'settled' };
  const led = await leadToCheckout(deps, id);
  if (led.outcome !== 'settled') return led;
  const state = (await readRow(deps.sql, 'setup', id))?.state as SetupState | undefined;
  // It may have ended the recovery, as when its customer is gone at Stripe: then no press can help, and the page says so.
  // Nor can one if Stripe refused to make the setup: the page offers no other for a while.
  if (state === 'failed') return led;
  if (state === 'needs_review' || state === 'awaiting_customer') return { outcome: 'unavailable' };
  if (state !== 'expired' && state !== 'canceled') return led;
  const next = await openNext(deps, press);
  return next === null ? led : leadToCheckout(deps, next);
}

/** The id of the next setup; if two tabs pressed at once, of the one that won. */
async function openNext(deps: Dependencies, press: Replace): Promise<string | null> {
  const opened = await openReplacement(deps.sql, {
    id: randomId('set'),
    sessions_max: deps.timings.replacementSessionsMax,
    return_url: `${deps.recovery.public_url}/r/page/${press.recovery_id}`,
    expires_in_ms: SESSION_MS,
    ...press,
  });
  return opened ?? (await readOpenReplacement(deps.sql, press.recovery_id))?.id ?? null;
}
