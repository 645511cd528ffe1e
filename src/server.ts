/**
 * `npm start`: the API process. Configuration, connections, routes, then the port; stopped in reverse, so that no
 * request comes in while connections close. Exit code 0 only when a signal asked for the end and all stopped in
 * time.
 */
import { parseArgs } from 'node:util';
import { buildApp } from './api/app.ts';
import { compose } from './compose.ts';
import { loadConfig } from './platform/config.ts';
import { isAppError } from './platform/errors.ts';
import { configureFailpoints } from './platform/failpoints.ts';
import { createLifecycle } from './platform/lifecycle.ts';
import { createLog } from './platform/log.ts';
import { timingsOf } from './platform/timings.ts';
import { openChanges } from './store/work/changes.ts';
import { openConfiguredPort } from './telemetry.ts';

/**
 * Connections that may wait to be accepted. Beyond that the kernel drops the first packet, and the caller hears nothing
 * for seconds: a caller has to come in before we can refuse it.
 */
const BACKLOG = 2_048;
/** A sandbox listens to this machine only. */
const TEST_HOST = '127.0.0.1';

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { timings: { type: 'string' } } });
  const config = loadConfig(process.env);
  const timings = timingsOf(values.timings, config.testMode);
  configureFailpoints(config.failpoints, { testMode: config.testMode });
  const log = createLog({ level: config.logLevel, role: 'api' });
  const lifecycle = createLifecycle({ log, stopDeadlineMs: timings.stopDeadlineMs });
  lifecycle.stopOnSignals();
  const opened = await lifecycle.start('connections', {
    start: () => compose(config, { role: 'api', log, timings }),
    stop: (composition) => composition.close(),
  });
  const { deps, database, queue } = opened;
  await lifecycle.start('metrics', {
    start: async () => (config.servesMetrics ? null : openConfiguredPort(config, opened)),
    stop: (port) => port?.close(),
  });
  const changes = await lifecycle.start('changes', {
    start: () => openChanges({ databaseUrl: config.databaseUrl, log }),
    stop: (listening) => listening.close(),
  });
  const app = await lifecycle.start('http', {
    start: () => buildApp({ ...deps, tables: database.tables, config, changes, queueReady: queue.ready }),
    stop: (built) => built.close(),
  });
  const port = await listen(app, config.port, config.testMode ? TEST_HOST : config.host);
  log.info({ event: 'api.started', port, queueBackend: queue.backend });
}

async function listen(
  app: Awaited<ReturnType<typeof buildApp>>,
  port: number,
  host: string,
): Promise<number> {
  await app.listen({ port, host, backlog: BACKLOG });
  const address = app.server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}

main().catch((error: unknown) => {
  const message = isAppError(error) ? error.message : 'The API did not start; see the log';
  process.stderr.write(`${message}\n`);
  process.exit(1);
});
