import { resendInMs } from '../../domain/resend.ts';
import type { SetupContext } from '../../store/setup/setups.ts';
import { cancelSetupIntent } from '../../stripe/setup-intents.ts';
import type { Dependencies } from '../dependencies.ts';
import { type Look, writeKeyed } from '../work/keyed-write.ts';
import type { Lease } from '../work/lease.ts';
import { done, type Outcome } from '../work/outcome.ts';
import { createForSetup } from './create-setup.ts';
import { settleSetup } from './settle-setup.ts';

/**
 * Puts a Checkout Session in place of a setup's SetupIntent, as `openSessionInstead` has written down. We first end
 * the SetupIntent, with Stripe's word, so that the two can never both save a method. If the merchant's page was
 * faster, its method is saved and no Session is created.
 */
export async function switchToSession(
  deps: Dependencies,
  context: SetupContext,
  lease: Lease,
): Promise<Outcome<'setup'>> {
  const { setup, now } = context;
  const id = setup.stripe_setup_intent_id;
  if (id === null) return createForSetup(deps, context, lease);
  const ended = await writeKeyed<'setup', unknown>(deps, {
    row: setup,
    verb: 'cancel',
    n: setup.close_number - 1,
    step: 'setup.switch',
    pause_ms: resendInMs(setup.session_instead_at ?? now, now),
    send: (key) => cancelSetupIntent(deps.stripe, { id, key, reason: 'abandoned' }, { signal: lease.signal }),
    look: (key) => lookWhetherEnded(deps, setup.id, key, lease),
    spent: { close_number: setup.close_number + 1 },
  });
  if (ended.written === 'left') return ended.outcome;
  return ended.value === SETTLED ? done : createForSetup(deps, context, lease);
}

/** The setup ended or succeeded meanwhile: no Session follows. */
const SETTLED = Symbol('settled');

async function lookWhetherEnded(
  deps: Dependencies,
  setup_id: string,
  key: string,
  lease: Lease,
): Promise<Look<unknown>> {
  const news = { cause: 'worker', cause_reference: key, intent: null, signal: lease.signal };
  const settlement = await settleSetup(deps, setup_id, news);
  if (settlement.kind === 'settled') return { found: 'there', value: SETTLED };
  if (settlement.kind === 'unanswered') return { found: 'unanswered', reason: settlement.reason };
  const { intent } = settlement.facts;
  return intent?.status === 'canceled' ? { found: 'there', value: intent } : { found: 'missing' };
}
