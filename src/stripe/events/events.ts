import type { Answer } from '../answer.ts';
import type { CallLimits, StripeClient } from '../client.ts';
import { findInList, type List } from '../pages.ts';
import { type ProjectedEvent, projectEvent } from './event.ts';

/** Stripe keeps events for 30 days and takes at most 20 types. */
export type EventWindow = {
  readonly types: readonly string[];
  readonly created_gte_s: number;
};

/** The events of the window. Ask with an overlap: `created` has one second's resolution. */
export function eventsIn({ types, created_gte_s }: EventWindow): List<ProjectedEvent> {
  const within = { types: [...types], created: { gte: created_gte_s } };
  return {
    ask: (sdk, page, options) => sdk.events.list({ ...within, ...page }, options),
    project: projectEvent,
  };
}

/**
 * The events that a call under this key caused, oldest first: proof that it was executed. Finding none proves
 * nothing.
 */
export function findEventsByKey(
  stripe: StripeClient,
  wanted: EventWindow & { readonly key: string },
  limits: CallLimits = {},
): Promise<Answer<readonly ProjectedEvent[]>> {
  return findInList(stripe, eventsIn(wanted), ({ request_key }) => request_key === wanted.key, limits);
}
