/** Finding again what was made for a setup, and counting what was tried on it. Lists, never the search API. */
import type { SessionSnapshot, SetupSnapshot } from '../domain/charge/payment-snapshot.ts';
import type { Answer } from './answer.ts';
import type { CallLimits, StripeClient } from './client.ts';
import { objectOf, textOf } from './json.ts';
import { everyPage, PAGE_SIZE_MAX, projectPage } from './pages.ts';
import { projectSession, projectSetupIntent } from './project.ts';

export type SetupSearch = {
  readonly customer: string;
  readonly dc_setup: string;
  readonly dc_instance: string;
};

/** The customer's SetupIntents that carry our mark for this setup, oldest first. */
export async function findSetupIntents(
  stripe: StripeClient,
  wanted: SetupSearch,
  limits: CallLimits = {},
): Promise<Answer<readonly SetupSnapshot[]>> {
  const answer = await everyPage<SetupSnapshot>((starting_after) =>
    stripe.read(
      limits,
      (sdk, options) => sdk.setupIntents.list(pageOf(wanted.customer, starting_after), options),
      (body) => projectPage(body, projectSetupIntent),
    ),
  );
  return answer.kind === 'ok' ? { ...answer, value: marked(answer.value, wanted) } : answer;
}

/** The customer's Checkout Sessions that carry our mark for this setup, oldest first. */
export async function findSetupSessions(
  stripe: StripeClient,
  wanted: SetupSearch,
  limits: CallLimits = {},
): Promise<Answer<readonly SessionSnapshot[]>> {
  const answer = await everyPage<SessionSnapshot>((starting_after) =>
    stripe.read(
      limits,
      (sdk, options) => sdk.checkout.sessions.list(pageOf(wanted.customer, starting_after), options),
      (body) => projectPage(body, projectSession),
    ),
  );
  return answer.kind === 'ok' ? { ...answer, value: marked(answer.value, wanted) } : answer;
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
  const answer = await everyPage<{ readonly status: string | null }>((starting_after) => {
    const params = { setup_intent, limit: PAGE_SIZE_MAX, ...after(starting_after) };
    return stripe.read(
      limits,
      (sdk, options) => sdk.setupAttempts.list(params, options),
      (body) =>
        projectPage(body, (item) => {
          const attempt = objectOf(item);
          return attempt?.object === 'setup_attempt' ? { status: textOf(attempt.status) } : null;
        }),
    );
  });
  if (answer.kind !== 'ok') return answer;
  return { ...answer, value: answer.value.filter(({ status }) => status === 'failed').length };
}

function pageOf(customer: string, starting_after: string | null) {
  return { customer, limit: PAGE_SIZE_MAX, ...after(starting_after) };
}

function after(starting_after: string | null): { starting_after?: string } {
  return starting_after === null ? {} : { starting_after };
}

type Marked = { readonly metadata: { readonly dc_setup?: string; readonly dc_instance?: string } };

function marked<T extends Marked>(newest_first: readonly T[], wanted: SetupSearch): T[] {
  return newest_first
    .filter(
      ({ metadata: mark }) => mark.dc_setup === wanted.dc_setup && mark.dc_instance === wanted.dc_instance,
    )
    .reverse();
}
