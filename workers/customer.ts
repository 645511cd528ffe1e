import { advance } from '../src/billing/advance.ts';
import type { ProcessorOf } from './processor.ts';

/** Creates customers at Stripe; setups and charges wait for them. */
export const customer: ProcessorOf<'customer'> = {
  kind: 'customer',
  concurrency: 10,
  run: (deps, ids) => advance(deps, 'customer', ids),
};
