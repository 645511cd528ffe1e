/** What the buttons of the customer's page do, once cookie, form token and Origin are proven. */
import type { FastifyRequest } from 'fastify';
import type { Dependencies } from '../../billing/dependencies.ts';
import { replaceCard } from '../../billing/recovery/open-replacement.ts';
import { type Pressed, type PressProgress, pressConfirm } from '../../billing/recovery/press.ts';
import type { SetupPressed } from '../../billing/setup/press-setup.ts';
import type { Evidence } from '../../domain/consent.ts';
import { randomId } from '../../platform/ids.ts';
import { noteVisit, writeFutureUseConsent } from '../../store/recovery/recoveries.ts';
import { type RecoveryPageRow, readRecoveryPage } from '../../store/recovery/recovery-page.ts';
import { type Merchant, oneLine } from '../words/facts.ts';
import { futureUseText } from './page-answers.tsx';
import { pageView } from './page-state.ts';
import { NO_WAIT, type TwinWait } from './twin-wait.ts';

const USER_AGENT_LENGTH_MAX = 300;

export function evidenceOf({ ip, headers }: FastifyRequest): Evidence {
  const user_agent = headers['user-agent'];
  return {
    ip_address: ip,
    user_agent: user_agent === undefined ? null : oneLine(user_agent).slice(0, USER_AGENT_LENGTH_MAX),
  };
}

type Confirming = {
  readonly recovery_id: string;
  /** The replacement whose card shall pay; null for the saved card. */
  readonly replacement_id: string | null;
  /** The other card on file that the page offered, and shall pay; null for any other. */
  readonly saved_id: string | null;
  /** The newest attempt that the page knew of; null for a page that did not say. */
  readonly seen_attempt: number | null;
  readonly ticked: boolean;
  readonly evidence: Evidence;
  readonly merchant: Merchant;
};

/** - `page`: our page says how it stands; `unsent`: this press has sent nothing, and may be repeated. */
export type ConfirmPressed =
  | { readonly outcome: 'redirect'; readonly url: string }
  | { readonly outcome: 'page' | 'unsent' };

const TO_PAGE: ConfirmPressed = { outcome: 'page' };

/**
 * Pays with the card that was declined, with another on file, or with the one that was entered to replace it. A press
 * that meets its twin waits for the twin's answer and follows it; it never asks for one attempt more than its customer
 * could see (docs/protocol.md, 9.8).
 */
export async function confirmPress(
  deps: Dependencies,
  press: Confirming,
  wait: TwinWait = NO_WAIT,
  sending: PressProgress = { may_be_sent: false },
): Promise<ConfirmPressed> {
  await noteVisit(deps.sql, press.recovery_id);
  const row = await readRecoveryPage(deps.sql, press.recovery_id);
  if (row === null) return TO_PAGE;
  const seen_attempt = press.seen_attempt ?? lastAnswered(row);
  const pressed = await pressUntilAnswered(deps, row, { ...press, seen_attempt }, wait, sending);
  deps.log.info({
    event: 'recovery.pressed',
    recoveryId: row.id,
    chargeId: row.charge_id,
    outcome: pressed.outcome,
  });
  if (pressed.outcome === 'redirect') return pressed;
  const is_unsent = pressed.outcome === 'unsent' || pressed.outcome === 'twin';
  return is_unsent && (await mayPressAgain(deps, row.id)) ? { outcome: 'unsent' } : TO_PAGE;
}

type Known = Confirming & { readonly seen_attempt: number };

async function pressUntilAnswered(
  deps: Dependencies,
  first: RecoveryPageRow,
  press: Known,
  wait: TwinWait,
  sending: PressProgress,
): Promise<Pressed> {
  let row: RecoveryPageRow | null = first;
  let is_recorded = false;
  try {
    for (;;) {
      if (row === null) return { outcome: 'closed' };
      if (!isBeingSent(row)) {
        const payment_method_id = methodOf(row, press, deps);
        if (payment_method_id === null) return { outcome: 'processing' };
        const ticked = press.ticked && press.saved_id === null;
        if (ticked && !is_recorded && row.attempt_number <= press.seen_attempt) {
          await recordConsent(deps, row, payment_method_id, press);
          is_recorded = true;
        }
        const pressed = await pressOnce(deps, row, { ...press, ticked, payment_method_id }, sending);
        if (pressed.outcome !== 'twin') return pressed;
      }
      if (!(await wait.next(row.id))) return { outcome: 'twin' };
      row = await readRecoveryPage(deps.sql, row.id);
    }
  } finally {
    wait.over(first.id);
  }
}

function pressOnce(
  deps: Dependencies,
  row: RecoveryPageRow,
  press: Known & { readonly payment_method_id: string },
  sending: PressProgress,
): Promise<Pressed> {
  const { payment_method_id, seen_attempt, ticked } = press;
  const is_own = press.replacement_id === null && press.saved_id === null;
  return pressConfirm(
    deps,
    {
      charge_id: row.charge_id,
      recovery_id: row.id,
      payment_method_id,
      // The consent on file was given for the saved card; another card needs its own.
      future_use: ticked || (is_own && row.future_use_covered),
      return_url: `${deps.recovery.public_url}/r/page/${row.id}/return`,
      seen_attempt,
    },
    sending,
  );
}

/** The twin of this press, or a worker, has written an attempt ahead and waits for its answer. */
function isBeingSent({ state, charge_state, attempt_state }: RecoveryPageRow): boolean {
  return state === 'open' && charge_state === 'in_flight' && attempt_state === 'open';
}

function lastAnswered({ attempt_number, attempt_state }: RecoveryPageRow): number {
  return attempt_state === 'open' ? attempt_number - 1 : attempt_number;
}

/** Whether our page would still offer a press. */
export async function mayPressAgain(deps: Dependencies, recovery_id: string): Promise<boolean> {
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
  const { text, version } = futureUseText(row, press.replacement_id !== null, press.merchant);
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
