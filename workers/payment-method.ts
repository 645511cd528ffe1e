import { advance } from '../src/billing/advance.ts';
import type { ProcessorOf } from './processor.ts';

/** Detaches payment methods: nobody waits for that. */
export const paymentMethod: ProcessorOf<'payment_method'> = {
  kind: 'payment_method',
  concurrency: 5,
  run: (deps, ids) => advance(deps, 'payment_method', ids),
};
