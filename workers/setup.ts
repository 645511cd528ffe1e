import { advance } from '../src/billing/advance.ts';
import type { ProcessorOf } from './processor.ts';

/** Creates and closes SetupIntents and Checkout Sessions. */
export const setup: ProcessorOf<'setup'> = {
  kind: 'setup',
  concurrency: 10,
  run: (deps, ids) => advance(deps, 'setup', ids),
};
