import type { Dependencies } from '../src/billing/dependencies.ts';
import type { Log } from '../src/platform/log.ts';
import type { Metrics } from '../src/platform/metrics.ts';
import type { Handle } from '../src/queue/backend.ts';
import type { Processor } from './processor.ts';

/**
 * What a consumer does with the ids of a job: one use-case call, counted.
 *
 * The job's signal stops what has not begun. What has begun goes on: its right to act is the lease in Postgres, which
 * neither a lost job lock nor a wiped queue takes away, and an aborted call to Stripe would only be one more unknown.
 */
export function handlerOf(processor: Processor, deps: Dependencies, log: Log, metrics: Metrics): Handle {
  const { kind } = processor;
  return async (ids, signal) => {
    if (signal.aborted) return;
    const { advanced, passed, failed } = await processor.run(deps, ids);
    metrics.jobsTotal.inc({ queue: kind, outcome: failed > 0 ? 'failed' : 'done' });
    log.debug({ event: 'job.done', queue: kind, count: advanced });
    if (advanced + failed === 0) log.debug({ event: 'job.idle', queue: kind, count: passed });
  };
}
