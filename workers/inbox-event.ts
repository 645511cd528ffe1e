import { advance } from '../src/billing/advance.ts';
import type { ProcessorOf } from './processor.ts';

/** Applies what Stripe told: a burst of webhooks must not keep people waiting at the bank's page. */
export const inboxEvent: ProcessorOf<'inbox_event'> = {
  kind: 'inbox_event',
  concurrency: 20,
  run: (deps, ids) => advance(deps, 'inbox_event', ids),
};
