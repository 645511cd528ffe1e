import type { Answer } from '../answer.ts';
import type { CallLimits, StripeClient } from '../client.ts';
import { everyPage, PAGE_SIZE_MAX, type Page, projectPage } from '../pages.ts';
import { type ProjectedEvent, projectEvent } from './event.ts';

/** Stripe keeps events for 30 days and takes at most 20 types. */
export type EventWindow = {
  readonly types: readonly string[];
  readonly created_gte_s: number;
  readonly created_lt_s?: number;
};

/** All events of the window, newest first. Ask with an overlap: `created` has one second's resolution. */
export function listEvents(
  stripe: StripeClient,
  window: EventWindow,
  limits: CallLimits = {},
): Promise<Answer<readonly ProjectedEvent[]>> {
  return everyPage((starting_after) => listEventPage(stripe, window, starting_after, limits));
}

/** One page of `listEvents`. */
export function listEventPage(
  stripe: StripeClient,
  window: EventWindow,
  starting_after: string | null,
  limits: CallLimits = {},
): Promise<Answer<Page<ProjectedEvent>>> {
  const { types, created_gte_s, created_lt_s } = window;
  const params = {
    types: [...types],
    created: { gte: created_gte_s, ...(created_lt_s === undefined ? {} : { lt: created_lt_s }) },
    limit: PAGE_SIZE_MAX,
    ...(starting_after === null ? {} : { starting_after }),
  };
  return stripe.read(
    limits,
    (sdk, options) => sdk.events.list(params, options),
    (body) => projectPage(body, projectEvent),
  );
}

/**
 * The events that a call under this key caused, oldest first: proof that it was executed. Finding none proves
 * nothing. Stripe does not filter by key, so the window is read and compared here.
 */
export async function findEventsByKey(
  stripe: StripeClient,
  wanted: EventWindow & { readonly key: string },
  limits: CallLimits = {},
): Promise<Answer<readonly ProjectedEvent[]>> {
  const answer = await listEvents(stripe, wanted, limits);
  if (answer.kind !== 'ok') return answer;
  const caused = answer.value.filter(({ request_key }) => request_key === wanted.key);
  return { ...answer, value: caused.reverse() };
}
