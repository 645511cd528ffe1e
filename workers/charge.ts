import { advance } from '../src/billing/advance.ts';
import type { ProcessorOf } from './processor.ts';

/** Creates, binds, confirms and cancels PaymentIntents: the lane that earns, hence the widest. */
export const charge: ProcessorOf<'charge'> = {
  kind: 'charge',
  concurrency: 20,
  run: (deps, ids) => advance(deps, 'charge', ids),
};
