import type { SessionSnapshot, SetupSnapshot } from '../../domain/charge/payment-snapshot.ts';
import { mayHaveFailed, type SetupFacts } from '../../domain/setup/setup-decisions.ts';
import type { SetupRow } from '../../store/setup/setups.ts';
import { retrieveSession } from '../../stripe/checkout-sessions.ts';
import type { CallLimits } from '../../stripe/client.ts';
import { retrieveSetupIntent } from '../../stripe/setup-intents.ts';
import { countFailedTries } from '../../stripe/setup-searches.ts';
import type { Dependencies } from '../dependencies.ts';
import { judgeRead, type ReadVerdict } from '../work/judge-answer.ts';

/**
 * - `read`: what Stripe says now.
 * - `unanswered`: no answer now; nothing is known.
 * - `refused`: Stripe does not know an object that we bound: a person looks.
 */
export type SetupReading =
  | { readonly kind: 'read'; readonly facts: SetupFacts }
  | { readonly kind: 'unanswered'; readonly reason: string }
  | { readonly kind: 'refused'; readonly code: string };

/** Reads the setup's Session first, if it has one, and then its SetupIntent, which is therefore at least as recent. */
export async function readSetupFacts(
  deps: Dependencies,
  setup: SetupRow,
  limits: CallLimits,
): Promise<SetupReading> {
  const session = await readSession(deps, setup, limits);
  if (session.kind !== 'ok') return session;
  const intent = await readIntent(
    deps,
    setup.stripe_setup_intent_id ?? session.value?.setup_intent ?? null,
    limits,
  );
  if (intent.kind !== 'ok') return intent;
  return countTries(deps, intent.value, session.value?.status ?? null, limits);
}

/**
 * The facts around a SetupIntent that we know already. We count failed tries only if one may have failed: most
 * customers never need this second call.
 */
export async function countTries(
  deps: Dependencies,
  intent: SetupSnapshot | null,
  session: SetupFacts['session'],
  limits: CallLimits,
): Promise<SetupReading> {
  if (intent === null || !mayHaveFailed(intent)) {
    return { kind: 'read', facts: { intent, session, failed_tries: null } };
  }
  const counted = judgeRead(await countFailedTries(deps.stripe, intent.id, limits));
  if (counted.kind !== 'ok') return counted;
  return { kind: 'read', facts: { intent, session, failed_tries: counted.value } };
}

async function readSession(
  deps: Dependencies,
  setup: SetupRow,
  limits: CallLimits,
): Promise<ReadVerdict<SessionSnapshot | null>> {
  if (setup.stripe_checkout_session_id === null) return { kind: 'ok', value: null };
  const read = judgeRead(await retrieveSession(deps.stripe, setup.stripe_checkout_session_id, limits));
  return read.kind === 'ok' ? { kind: 'ok', value: read.value.snapshot } : read;
}

async function readIntent(
  deps: Dependencies,
  id: string | null,
  limits: CallLimits,
): Promise<ReadVerdict<SetupSnapshot | null>> {
  if (id === null) return { kind: 'ok', value: null };
  return judgeRead(await retrieveSetupIntent(deps.stripe, id, limits));
}
