/** What the buttons of the customer's page do, once cookie, form token and Origin are proven. */
import type { FastifyRequest } from 'fastify';
import type { Dependencies } from '../../billing/dependencies.ts';
import { replaceCard } from '../../billing/recovery/open-replacement.ts';
import { pressConfirm } from '../../billing/recovery/press.ts';
import type { SetupPressed } from '../../billing/setup/press-setup.ts';
import type { Evidence } from '../../domain/consent.ts';
import { randomId } from '../../platform/ids.ts';
import { noteVisit, writeFutureUseConsent } from '../../store/recovery/recoveries.ts';
import { type RecoveryPageRow, readRecoveryPage } from '../../store/recovery/recovery-page.ts';
import { type Merchant, oneLine } from '../words/facts.ts';
import { futureUseText } from './page-answers.tsx';
import { pageView } from './page-state.ts';

const USER_AGENT_LENGTH_MAX = 300;

export function evidenceOf({ ip, headers }: FastifyRequest): Evidence {
  const user_agent = headers['user-agent'];
  return {
    ip_address: ip,
    user_agent: user_agent === undefined ? null : oneLine(user_agent).slice(0, USER_AGENT_LENGTH_MAX),
  };
}

const TO_PAGE: SetupPressed = { outcome: 'settled' };

type Confirming = {
  readonly recovery_id: string;
  /** The replacement whose card shall pay; null for the saved card. */
  readonly replacement_id: string | null;
  /** The other card on file that the page offered, and shall pay; null for any other. */
  readonly saved_id: string | null;
  readonly ticked: boolean;
  readonly evidence: Evidence;
  readonly merchant: Merchant;
};

/** Pays with the card that was declined, with another on file, or with the one that was entered to replace it. */
export async function confirmPress(deps: Dependencies, press: Confirming): Promise<SetupPressed> {
  await noteVisit(deps.sql, press.recovery_id);
  const row = await readRecoveryPage(deps.sql, press.recovery_id);
  if (row === null) return TO_PAGE;
  const payment_method_id = methodOf(row, press, deps);
  if (payment_method_id === null) return TO_PAGE;
  const is_own = press.replacement_id === null && press.saved_id === null;
  const ticked = press.ticked && press.saved_id === null;
  if (ticked) await recordConsent(deps, row, payment_method_id, press);
  const pressed = await pressConfirm(deps, {
    charge_id: row.charge_id,
    recovery_id: row.id,
    payment_method_id,
    // The consent on file was given for the saved card; another card needs its own.
    future_use: ticked || (is_own && row.future_use_covered),
    return_url: `${deps.recovery.public_url}/r/page/${row.id}/return`,
  });
  deps.log.info({
    event: 'recovery.pressed',
    recoveryId: row.id,
    chargeId: row.charge_id,
    outcome: pressed.outcome,
  });
  if (pressed.outcome === 'busy' && (await mayPressAgain(deps, row.id))) return { outcome: 'unavailable' };
  return pressed.outcome === 'redirect' ? pressed : TO_PAGE;
}

/** Nothing was sent for this press, so the page would look as if the customer had not pressed. */
async function mayPressAgain(deps: Dependencies, recovery_id: string): Promise<boolean> {
  const row = await readRecoveryPage(deps.sql, recovery_id);
  if (row === null) return false;
  const view = pageView(row, deps.timings);
  return view.confirm !== null || view.pay_replacement !== null || view.pay_saved !== null;
}

/** The method that the page offers, or null if it no longer does. */
function methodOf(
  row: RecoveryPageRow,
  { replacement_id, saved_id }: Pick<Confirming, 'replacement_id' | 'saved_id'>,
  deps: Dependencies,
): string | null {
  const view = pageView(row, deps.timings);
  if (view.confirm === 'continue') return row.payment_method_id;
  // The one that the page showed, and no other that has become the default since.
  if (saved_id !== null) return view.pay_saved === saved_id ? saved_id : null;
  if (replacement_id !== null)
    return view.pay_replacement === replacement_id ? row.replacement_payment_method_id : null;
  return view.confirm === 'offer' ? row.payment_method_id : null;
}

async function recordConsent(
  deps: Dependencies,
  row: RecoveryPageRow,
  payment_method_id: string,
  press: Confirming,
): Promise<void> {
  const { text, version } = futureUseText(row.locale, press.merchant);
  await writeFutureUseConsent(deps.sql, {
    id: randomId('cns'),
    customer_id: row.customer_id,
    payment_method_id,
    replacement_id: press.replacement_id,
    text,
    text_version: version,
    ...press.evidence,
  });
}

/** Leads to Stripe's page for another card. */
export async function replacePress(
  deps: Dependencies,
  recovery_id: string,
  evidence: Evidence,
): Promise<SetupPressed> {
  await noteVisit(deps.sql, recovery_id);
  const replacing = await replaceCard(deps, { recovery_id, ...evidence });
  deps.log.info({ event: 'recovery.replacing', recoveryId: recovery_id, outcome: replacing.outcome });
  return replacing;
}
