/**
 * The customer's "use another card": a setup that their recovery asks for. From there on it is a setup like any other,
 * with the same press that leads to Checkout, the same worker and the same events.
 */
import type { SetupState } from '../../domain/machines.ts';
import { randomId } from '../../platform/ids.ts';
import { openReplacement, readOpenReplacement } from '../../store/recovery/replacements.ts';
import { readRow } from '../../store/work/obligations.ts';
import type { Dependencies } from '../dependencies.ts';
import { leadToCheckout, type SetupPressed } from '../setup/press-setup.ts';

/** The press and its evidence. */
export type Replace = {
  readonly recovery_id: string;
  readonly ip_address: string;
  readonly user_agent: string | null;
};

/** As long as Stripe keeps a Checkout Session open. */
const SESSION_MS = 24 * 3_600_000;

/**
 * Leads to the Checkout Session that is open, else to the next one; `settled` when the card is saved already, or the
 * recovery takes no more sessions or no presses now. The press is the acceptance of this amount on the card to come.
 */
export async function replaceCard(deps: Dependencies, press: Replace): Promise<SetupPressed> {
  const open = await readOpenReplacement(deps.sql, press.recovery_id);
  const id = open?.id ?? (await openNext(deps, press));
  if (id === null) return { outcome: 'settled' };
  const led = await leadToCheckout(deps, id);
  if (led.outcome !== 'settled') return led;
  const state = (await readRow(deps.sql, 'setup', id))?.state as SetupState | undefined;
  if (state === 'failed' || state === 'needs_review' || state === 'awaiting_customer')
    return { outcome: 'unavailable' };
  if (state !== 'expired' && state !== 'canceled') return led;
  const next = await openNext(deps, press);
  return next === null ? led : leadToCheckout(deps, next);
}

/** The id of the next setup; of the other tab's, where two pressed at once. */
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
