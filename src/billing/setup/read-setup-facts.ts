import type { SetupSnapshot } from '../../domain/charge/payment-snapshot.ts';
import { mayHaveFailed, type SetupFacts } from '../../domain/setup/setup-decisions.ts';
import type { SetupRow } from '../../store/setup/setups.ts';
import { retrieveSession } from '../../stripe/checkout-sessions.ts';
import type { CallLimits } from '../../stripe/client.ts';
import { retrieveSetupIntent } from '../../stripe/setup-intents.ts';
import { countFailedTries } from '../../stripe/setup-searches.ts';
import type { Dependencies } from '../dependencies.ts';
import { judgeRead, type ReadVerdict } from '../work/judge-answer.ts';

/** `refused`: Stripe does not know an object that we bound, so a person looks. */
export type SetupReading = ReadVerdict<SetupFacts>;

/** Nothing is bound that could be read. */
const NONE = { kind: 'ok', value: null } as const;

/** Reads the setup's Session first, if it has one, and then its SetupIntent, which is therefore at least as recent. */
export async function readSetupFacts(
  deps: Dependencies,
  setup: SetupRow,
  limits: CallLimits,
): Promise<SetupReading> {
  const { stripe_checkout_session_id: session_id, stripe_setup_intent_id: bound_id } = setup;
  const read = session_id === null ? NONE : judgeRead(await retrieveSession(deps.stripe, session_id, limits));
  if (read.kind !== 'ok') return read;
  const session = read.value?.snapshot ?? null;
  const intent_id = bound_id ?? session?.setup_intent ?? null;
  const intent =
    intent_id === null ? NONE : judgeRead(await retrieveSetupIntent(deps.stripe, intent_id, limits));
  if (intent.kind !== 'ok') return intent;
  return countTries(deps, intent.value, session?.status ?? null, limits);
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
    return { kind: 'ok', value: { intent, session, failed_tries: null } };
  }
  const counted = judgeRead(await countFailedTries(deps.stripe, intent.id, limits));
  if (counted.kind !== 'ok') return counted;
  return { kind: 'ok', value: { intent, session, failed_tries: counted.value } };
}
