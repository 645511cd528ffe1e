/** The integration tests as predicates are judged by them: a fork for each file, because a mutant may leave anything behind. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { projects } from './vitest.config.ts';

/** Long enough beside two other forks, and a mutant is not waited for as patiently as a machine. */
const POLL_TIMEOUT_MS = 20_000;
const TEST_TIMEOUT_MS = 60_000;

const integration = projects.find(({ test }) => test?.name === 'integration-postgres');

export default defineConfig({
  test: {
    maxWorkers: 3,
    projects: [
      {
        test: {
          ...integration?.test,
          isolate: true,
          runner: fileURLToPath(new URL('test/predicates-runner.ts', import.meta.url)),
          testTimeout: TEST_TIMEOUT_MS,
          hookTimeout: TEST_TIMEOUT_MS,
          expect: { poll: { timeout: POLL_TIMEOUT_MS, interval: 20 } },
        },
      },
    ],
  },
});
