/** Finding again what was made for a setup, and counting what was tried on it. Lists, never the search API. */
import type { SessionSnapshot, SetupSnapshot } from '../domain/charge/payment-snapshot.ts';
import type { Answer } from './answer.ts';
import type { CallLimits, StripeClient } from './client.ts';
import { objectOf, textOf } from './json.ts';
import { findInList, type List } from './pages.ts';
import { projectSession, projectSetupIntent } from './project.ts';

export type SetupSearch = {
  readonly customer: string;
  readonly dc_setup: string;
  readonly dc_instance: string;
};

/** The customer's SetupIntents that carry our mark for this setup, oldest first. */
export function findSetupIntents(
  stripe: StripeClient,
  wanted: SetupSearch,
  limits: CallLimits = {},
): Promise<Answer<readonly SetupSnapshot[]>> {
  const { customer } = wanted;
  const list: List<SetupSnapshot> = {
    ask: (sdk, page, options) => sdk.setupIntents.list({ customer, ...page }, options),
    project: projectSetupIntent,
  };
  return findInList(stripe, list, isMarked(wanted), limits);
}

/** The customer's Checkout Sessions that carry our mark for this setup, oldest first. */
export function findSetupSessions(
  stripe: StripeClient,
  wanted: SetupSearch,
  limits: CallLimits = {},
): Promise<Answer<readonly SessionSnapshot[]>> {
  const { customer } = wanted;
  const list: List<SessionSnapshot> = {
    ask: (sdk, page, options) => sdk.checkout.sessions.list({ customer, ...page }, options),
    project: projectSession,
  };
  return findInList(stripe, list, isMarked(wanted), limits);
}

/**
 * How many confirms of a SetupIntent failed, by Stripe's own record of attempts: doubled, late and lost webhooks
 * cannot falsify it.
 */
export async function countFailedTries(
  stripe: StripeClient,
  setup_intent: string,
  limits: CallLimits = {},
): Promise<Answer<number>> {
  const list: List<{ readonly status: string | null }> = {
    ask: (sdk, page, options) => sdk.setupAttempts.list({ setup_intent, ...page }, options),
    project: (item) => {
      const attempt = objectOf(item);
      return attempt?.object === 'setup_attempt' ? { status: textOf(attempt.status) } : null;
    },
  };
  const answer = await findInList(stripe, list, ({ status }) => status === 'failed', limits);
  return answer.kind === 'ok' ? { ...answer, value: answer.value.length } : answer;
}

type Marked = { readonly metadata: { readonly dc_setup?: string; readonly dc_instance?: string } };

function isMarked(wanted: SetupSearch) {
  return ({ metadata: mark }: Marked): boolean =>
    mark.dc_setup === wanted.dc_setup && mark.dc_instance === wanted.dc_instance;
}
