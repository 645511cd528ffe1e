import { advance } from '../src/billing/advance.ts';
import type { ProcessorOf } from './processor.ts';

/** Sends mails; few at a time, because mail servers limit connections. */
export const message: ProcessorOf<'message'> = {
  kind: 'message',
  concurrency: 5,
  run: (deps, ids) => advance(deps, 'message', ids),
};
