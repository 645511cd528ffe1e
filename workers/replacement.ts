import { advance } from '../src/billing/advance.ts';
import type { ProcessorOf } from './processor.ts';

/** Opens and ends the Checkout Sessions that replace a card. */
export const replacement: ProcessorOf<'replacement'> = {
  kind: 'replacement',
  concurrency: 5,
  run: (deps, ids) => advance(deps, 'replacement', ids),
};
