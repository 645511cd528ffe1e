/**
 * Hosts the sandbox of the checkout in which it is started, until it is told to stop; one line of stdout says when all
 * is up. It is a process of its own, so that another checkout runs only its own code; we share just HTTP and pids.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Sandbox, SandboxOptions } from '../sandbox/start-sandbox.ts';

/** More than any machine reaches, so that we measure ourselves and not Stripe's limits. */
const RATE = '10000';

type Starting = { startSandbox(options: SandboxOptions): Promise<Sandbox> };

const [folder = ''] = process.argv.slice(2);
const path = join(process.cwd(), 'sandbox/start-sandbox.ts');
const { startSandbox } = (await import(pathToFileURL(path).href)) as Starting;
const starting = startSandbox({
  folder,
  workers: 1,
  env: { STRIPE_RATE_PER_ENDPOINT: RATE, STRIPE_RATE_GLOBAL: RATE },
  simulatorArgs: ['--logs', 'off'],
});
const stop = (): void => {
  void starting
    .then((sandbox) => sandbox.stop())
    .then(
      () => process.exit(0),
      () => process.exit(1),
    );
};
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, stop);
// The measuring process may be killed, and nothing else would stop the sandbox then.
process.stdin.once('end', stop).resume();
process.stdout.write(`${JSON.stringify((await starting).ready())}\n`);
