import { advance } from '../src/billing/advance.ts';
import type { ProcessorOf } from './processor.ts';

/** Takes recoveries from step to step until they end. */
export const recovery: ProcessorOf<'recovery'> = {
  kind: 'recovery',
  concurrency: 10,
  run: (deps, ids) => advance(deps, 'recovery', ids),
};
