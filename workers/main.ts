/**
 * `npm run worker [-- --roles charge,setup,…]`: one worker process. Any number of them may run, because all state is
 * in Postgres. Exit code 0 only if a signal asked it to stop and everything stopped in time.
 */
import { parseArgs } from 'node:util';
import { loadConfig } from '../src/platform/config.ts';
import { isAppError } from '../src/platform/errors.ts';
import { configureFailpoints } from '../src/platform/failpoints.ts';
import { createLifecycle } from '../src/platform/lifecycle.ts';
import { createLog } from '../src/platform/log.ts';
import { timingsOf } from '../src/platform/timings.ts';
import { kindsOf } from './roles.ts';
import { startWorker } from './start-worker.ts';

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { roles: { type: 'string' }, timings: { type: 'string' } } });
  const config = loadConfig(process.env);
  const kinds = kindsOf(values.roles);
  const timings = timingsOf(values.timings, config.testMode);
  configureFailpoints(config.failpoints, { testMode: config.testMode });
  const log = createLog({ level: config.logLevel, role: 'worker' });
  const lifecycle = createLifecycle({ log, stopDeadlineMs: timings.stopDeadlineMs });
  lifecycle.stopOnSignals();
  const { queue } = await startWorker({ config, kinds, timings, log, lifecycle });
  log.info({ event: 'worker.started', queueBackend: queue.backend, count: kinds.length });
}

main().catch((error: unknown) => {
  const message = isAppError(error) ? error.message : 'The worker did not start; see the log';
  process.stderr.write(`${message}\n`);
  process.exit(1);
});
