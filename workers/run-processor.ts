import type { Dependencies } from '../src/billing/dependencies.ts';
import type { Log } from '../src/platform/log.ts';
import type { Handle } from '../src/queue/backend.ts';
import type { Processor } from './processor.ts';

/**
 * What a consumer does with the ids of a job: one use-case call.
 *
 * The job's signal stops what has not begun. What has begun goes on: its right to act is the lease in Postgres, which
 * neither a lost job lock nor a wiped queue takes away, and an aborted call to Stripe would only be one more unknown.
 */
export function handlerOf(processor: Processor, deps: Dependencies, log: Log): Handle {
  const { kind } = processor;
  return async (ids, signal) => {
    if (signal.aborted) return;
    const { advanced, passed, failed } = await processor.run(deps, ids);
    log.debug({ event: 'job.done', queue: kind, count: advanced, outcome: failed > 0 ? 'failed' : 'done' });
    if (advanced + failed === 0) log.debug({ event: 'job.idle', queue: kind, count: passed });
  };
}
