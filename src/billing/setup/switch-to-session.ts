import { buildKey } from '../../domain/keys.ts';
import { retryInMs } from '../../domain/setup/setup-decisions.ts';
import { unreachable } from '../../platform/errors.ts';
import { failpoint } from '../../platform/failpoints.ts';
import type { SetupContext } from '../../store/setup/setups.ts';
import { cancelSetupIntent } from '../../stripe/setup-intents.ts';
import type { Dependencies } from '../dependencies.ts';
import { judgeWrite } from '../work/judge-write.ts';
import type { Lease } from '../work/lease.ts';
import { moveLeased } from '../work/move-leased.ts';
import { createForSetup } from './create-setup.ts';
import { settleSetup } from './settle-setup.ts';

/**
 * Puts a Checkout Session in the place of a setup's SetupIntent, as `openSessionInstead` has written down. The
 * SetupIntent is ended first and with Stripe's word: never can both save a method. Where the merchant's page was
 * faster, that one is saved and no Session is made.
 */
export async function switchToSession(
  deps: Dependencies,
  context: SetupContext,
  lease: Lease,
): Promise<void> {
  const { setup } = context;
  const id = setup.stripe_setup_intent_id;
  if (id === null) return createForSetup(deps, context, lease);
  const key = buildKey({ row: setup.id, verb: 'cancel', n: setup.close_number - 1 });
  await failpoint('setup.switch.before');
  const verdict = judgeWrite(
    await cancelSetupIntent(deps.stripe, { id, key, reason: 'abandoned' }, { signal: lease.signal }),
  );
  await failpoint('setup.switch.after_effect');
  switch (verdict.kind) {
    case 'done':
      return createForSetup(deps, context, lease);
    case 'refused':
    case 'spent':
      return goOnAsStripeSays(deps, context, key, lease);
    case 'again':
      if (verdict.needs_person) deps.log.error({ event: 'stripe.key_refused', code: verdict.code });
      return waitAndRepeat(deps, context, lease, { reference: verdict.code });
    default:
      return unreachable(verdict);
  }
}

/** The key's answer is stored for good: what Stripe says of the SetupIntent now decides, and the next try has the next key. */
async function goOnAsStripeSays(
  deps: Dependencies,
  context: SetupContext,
  key: string,
  lease: Lease,
): Promise<void> {
  const settlement = await settleSetup(deps, context.setup.id, {
    cause: 'worker',
    cause_reference: key,
    intent: null,
    signal: lease.signal,
  });
  if (settlement.kind === 'settled') return;
  if (settlement.kind === 'unanswered')
    return waitAndRepeat(deps, context, lease, { reference: settlement.reason });
  if (settlement.facts.intent?.status === 'canceled') return createForSetup(deps, context, lease);
  const { close_number } = context.setup;
  await waitAndRepeat(deps, context, lease, { reference: key, set: { close_number: close_number + 1 } });
}

async function waitAndRepeat(
  deps: Dependencies,
  { setup, now }: SetupContext,
  lease: Lease,
  step: { readonly reference: string; readonly set?: { readonly close_number: number } },
): Promise<void> {
  await moveLeased(deps, 'setup', setup, lease, {
    ...step,
    due_in_ms: retryInMs(setup.session_instead_at ?? now, now),
  });
}
