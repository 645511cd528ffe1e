/**
 * `npm run dev [-- --redis | --redis-url U] [--fresh] [--port N] [--folder F]`: the sandbox, until Ctrl-C. It starts
 * empty each time, so `--fresh` changes nothing.
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { isAppError } from '../src/platform/errors.ts';
import { type Sandbox, startSandbox } from './start-sandbox.ts';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      redis: { type: 'boolean', default: false },
      'redis-url': { type: 'string' },
      fresh: { type: 'boolean', default: false },
      port: { type: 'string', default: '0' },
      folder: { type: 'string' },
    },
  });
  const started = startSandbox({
    redis: values['redis-url'] === undefined ? values.redis : { url: values['redis-url'] },
    port: portOf(values.port),
    ...(values.folder === undefined ? {} : { folder: resolve(values.folder) }),
  });
  // From the first moment: a signal during the start must stop what has already started.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => void end(started));
  }
  const sandbox = await started;
  const ready = sandbox.ready();
  say(`API      ${ready.api_url}   (docs: ${ready.api_url}/docs)`);
  say(`Stripe   ${ready.stripe_url}   (simulator)`);
  say(
    `         ${ready.stripe_url}/dashboard   (its dashboard: refunds, disputes, warnings of fraud, cards)`,
  );
  say(`Inbox    ${ready.inbox_url}/messages`);
  say(`Clock    POST ${ready.test_clock_url} {"advance_seconds": 86400}`);
  say(`Key      ${ready.api_key}`);
  say(`Queue    ${ready.redis_url === null ? 'Postgres' : 'Redis'}`);
  say('It begins empty each time: the simulator keeps no card, so the database keeps no customer.');
  say(`All of it in ${sandbox.folder}/ready.json; logs in ${sandbox.folder}/logs. Ctrl-C stops everything.`);
}

let ending: Promise<void> | undefined;

function end(started: Promise<Sandbox>): Promise<void> {
  ending ??= started.then(
    async (sandbox) => {
      await sandbox.stop();
      process.exit(0);
    },
    () => process.exit(1),
  );
  return ending;
}

function portOf(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port < 65_536) return port;
  process.stderr.write('--port takes a number from 0 to 65535\n');
  process.exit(1);
}

main().catch((error: unknown) => {
  const message = isAppError(error) ? error.message : error;
  process.stderr.write(`The sandbox did not start: ${message}\n`);
  process.exit(1);
});
