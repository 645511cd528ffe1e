/**
 * Test projects by what they need. Nothing is inherited from the root (`extends` would run the set-up twice),
 * and services start only for projects whose files are really run.
 *
 * Integration files in which the queue takes part run once per queue backend, the others once: `queueUsers` finds them by
 * what they import. On a Redis Cluster the ordinary run holds those that are about the queue only; all of the former with
 * `npm test -- --backend redis-cluster`.
 */
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import { queueUsers } from './test/harness/queue-users.ts';

const TEST_TIMEOUT_MS = 30_000;
/** A customer's whole way in a real browser, between everything else that a loaded machine does. */
const WALK_TIMEOUT_MS = 120_000;
const HOOK_TIMEOUT_MS = 60_000;

interface Options {
  readonly services?: boolean;
  readonly queueBackend?: 'postgres' | 'redis' | 'redis-cluster';
  readonly testTimeout?: number;
}

function project(name: string, include: string[], options: Options = {}): TestProjectInlineConfiguration {
  return {
    test: {
      name,
      include,
      pool: 'forks',
      testTimeout: options.testTimeout ?? TEST_TIMEOUT_MS,
      hookTimeout: HOOK_TIMEOUT_MS,
      globalSetup: options.services ? ['test/global-setup.ts'] : [],
      provide: { queueBackend: options.queueBackend ?? 'postgres' },
    },
  };
}

const integration = ['test/integration/**/*.test.{ts,tsx}'];
const onEachBelt = queueUsers('test/integration');

/** Where the queue is what it is about. */
const queueFiles = [
  'work/queue-belt',
  'work/queue-dispatch',
  'stops/process-wiped-queue',
  'stops/crash-queue',
].map((name) => `test/integration/${name}.test.ts`);

export const projects = [
  project('unit', ['test/unit/**/*.test.{ts,tsx}', 'test/tidy.test.ts']),
  project('simulator', ['test/simulator/**/*.test.ts']),
  project('contract', ['test/contract/**/*.test.ts'], { services: true }),
  project('operations', ['test/operations/**/*.test.ts'], { services: true }),
  project('integration-postgres', integration, { services: true, queueBackend: 'postgres' }),
  project('integration-redis', onEachBelt, { services: true, queueBackend: 'redis' }),
  project('integration-redis-cluster', onEachBelt, { services: true, queueBackend: 'redis-cluster' }),
  project('cluster', queueFiles, { services: true, queueBackend: 'redis-cluster' }),
  project('redis', ['test/redis/**/*.test.ts'], { services: true }),
  project('browser', ['test/browser/**/*.test.ts'], { services: true, testTimeout: WALK_TIMEOUT_MS }),
];

// Two cores is what we promise to run on; more forks would only queue for them.
export default defineConfig({ test: { maxWorkers: 2, projects } });
