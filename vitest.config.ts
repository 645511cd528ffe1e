/**
 * Test projects by what they need. They inherit nothing from the root (`extends` would run the global setup twice),
 * and services start only for projects whose files really run.
 *
 * Integration files that use the queue run once per queue backend, the others once; `queueUsers` finds them by their
 * imports. On a Redis Cluster the full run includes only those that are about the queue;
 * `npm test -- --backend redis-cluster` runs all that use it.
 */
import { configDefaults, defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import { queueUsers } from './test/harness/queue-users.ts';

/** What `npm test` leaves to `npm run test:all`: the second belt, and tests that kill and start Redis servers. */
export const wholeProjects = ['integration-redis', 'cluster', 'redis'];

/**
 * Likewise, by folder and file: tests that start processes, which take most of a run's time. Add a new one here, or to
 * `test/tidy/process-tests.ts` with the promise that only it shows.
 */
export const wholeFiles = [
  'test/integration/stops/',
  'test/redis/',
  ...[
    'bank-page',
    'bare-hands',
    'gallery',
    'pay-by-other-card',
    'press-answers',
    'setup-page',
    'stripe-dashboard',
  ].map((name) => `test/browser/${name}.test.ts`),
  ...['charge-costs', 'command-line', 'embedded-postgres', 'examples', 'overload-processes', 'receiver'].map(
    (name) => `test/contract/${name}.test.ts`,
  ),
  ...['dev', 'doors', 'links', 'production', 'refusals', 'setups'].map(
    (name) => `test/contract/outside/outside-${name}.test.ts`,
  ),
  ...[
    'api/api-process',
    'janitor/evidence-webhooks-off',
    'janitor/reconcile-command',
    'notify/tls-receiver',
    'operate/canary',
    'operate/operator-actions',
    'operate/operate-charging',
    'operate/operate-commands',
    'operate/operate-metrics',
    'operate/operate-start',
    'operate/webhook-endpoint',
    // Starts none, and takes as long: every situation of docs/page-sentences.md.
    'recovery/sentences/page-sentences',
    'work/queue-sandbox',
  ].map((name) => `test/integration/${name}.test.ts`),
];
const isEveryday = process.env.DUECOURSE_TESTS === 'everyday';

// Patience, not a measurement: what a poll waits for comes at once, or later on a busy machine. Several fit into one test.
const POLL_TIMEOUT_MS = 60_000;
const POLL_INTERVAL_MS = 20;
const TEST_TIMEOUT_MS = 120_000;
const HOOK_TIMEOUT_MS = 120_000;

interface Options {
  readonly services?: boolean;
  /** Where recordings of Stripe differ from year to year, the one that the simulator follows (`simulator/recorded.ts`). */
  readonly recordedYear?: 2023 | 2026;
  readonly queueBackend?: 'postgres' | 'redis' | 'redis-cluster';
}

function asGlob(path: string): string {
  return path.endsWith('/') ? `${path}**` : path;
}

function project(name: string, include: string[], options: Options = {}): TestProjectInlineConfiguration {
  return {
    test: {
      name,
      include,
      exclude: [...configDefaults.exclude, ...(isEveryday ? wholeFiles.map(asGlob) : [])],
      pool: 'forks',
      // A fork imports the product once and runs many files in it. Nothing here keeps state in a module, so a fresh process
      // for each file would prove nothing more; it took a quarter of the run.
      isolate: false,
      testTimeout: TEST_TIMEOUT_MS,
      hookTimeout: HOOK_TIMEOUT_MS,
      expect: { poll: { timeout: POLL_TIMEOUT_MS, interval: POLL_INTERVAL_MS } },
      globalSetup: options.services ? ['test/global-setup.ts'] : [],
      provide: {
        queueBackend: options.queueBackend ?? 'postgres',
        recordedYear: options.recordedYear ?? 2026,
      },
    },
  };
}

const integration = ['test/integration/**/*.test.{ts,tsx}'];
const onEachBelt = queueUsers('test/integration');

/** Tests that are about the queue. */
const queueFiles = [
  'work/queue-belt',
  'work/queue-dispatch',
  'stops/process-wiped-queue',
  'stops/crash-queue',
].map((name) => `test/integration/${name}.test.ts`);

/** Tests whose outcome rests on what Stripe answers to a confirm, a set-up or a debit: they run under both years' answers. */
const eachYearFiles = [
  'charge/card-table',
  'charge/charge-unknown',
  'charge/protocol-charging',
  'charge/protocol-debits',
  'charge/protocol-refusals',
  'debits/failed-debits',
  'debits/refused-debits',
  'stripe/stripe-payments',
  'stripe/stripe-setups',
].map((name) => `test/integration/${name}.test.ts`);

export const projects = [
  project('unit', ['test/unit/**/*.test.{ts,tsx}', 'test/tidy.test.ts']),
  project('simulator', ['test/simulator/**/*.test.ts']),
  project('contract', ['test/contract/**/*.test.ts'], { services: true }),
  project('operations', ['test/operations/**/*.test.ts'], { services: true }),
  project('integration-postgres', integration, { services: true, queueBackend: 'postgres' }),
  project('stripe-2023', eachYearFiles, { services: true, recordedYear: 2023 }),
  project('integration-redis', onEachBelt, { services: true, queueBackend: 'redis' }),
  project('integration-redis-cluster', onEachBelt, { services: true, queueBackend: 'redis-cluster' }),
  project('cluster', queueFiles, { services: true, queueBackend: 'redis-cluster' }),
  project('redis', ['test/redis/**/*.test.ts'], { services: true }),
  project('browser', ['test/browser/**/*.test.ts'], { services: true }),
];

// Two cores is what we promise to run on. Two forks do not fill them, nor three: what takes long waits for a lease to run out,
// an offer to grow stale, a mail, a browser.
export default defineConfig({ test: { maxWorkers: 4, projects } });
