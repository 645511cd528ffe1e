import { parseArgs } from 'node:util';
import { startSimulator } from './index.ts';

const USAGE = `npm run simulator -- [--port N] [--host H] [--webhook-url URL] [--webhook-secret whsec_…]
  [--webhook-events TYPE,…] [--secret-key sk_test_…] [--seed N] [--clock real|manual] [--limits off|sandbox|live]
  [--latency MS|FROM-TO] [--public-url URL] [--logs on|off] [--fingerprints of_number|of_method]
The first line of stdout is {url, secret_key, publishable_key, webhook_secret}.`;

const DEFAULT_SECRET_KEY = 'sk_test_simulator';
const DEFAULT_WEBHOOK_SECRET = 'whsec_simulator';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    host: { type: 'string' },
    'webhook-url': { type: 'string' },
    'webhook-secret': { type: 'string', default: DEFAULT_WEBHOOK_SECRET },
    'webhook-events': { type: 'string', default: '*' },
    'secret-key': { type: 'string', default: DEFAULT_SECRET_KEY },
    seed: { type: 'string' },
    clock: { type: 'string' },
    limits: { type: 'string' },
    latency: { type: 'string' },
    'public-url': { type: 'string' },
    logs: { type: 'string' },
    fingerprints: { type: 'string' },
    help: { type: 'boolean' },
  },
});

if (values.help) {
  process.stdout.write(`${USAGE}\n`);
  process.exit(0);
}

const target = values['webhook-url'];
const simulator = await startSimulator({
  port: whole('port', values.port),
  host: values.host,
  seed: values.seed === undefined ? undefined : whole('seed', values.seed),
  clock: oneOf('clock', values.clock, ['real', 'manual']),
  limits: oneOf('limits', values.limits, ['off', 'sandbox', 'live'] as const),
  latencyMs: values.latency === undefined ? undefined : spanOfMs(values.latency),
  publicUrl: values['public-url'],
  logs: oneOf('logs', values.logs, ['on', 'off']),
  fingerprints: oneOf('fingerprints', values.fingerprints, ['of_number', 'of_method'] as const),
  webhooks: target === undefined ? [] : [endpoint(target)],
});

const ready = {
  url: simulator.url,
  secret_key: values['secret-key'],
  publishable_key: values['secret-key'].replace(/^[sr]k_/, 'pk_'),
  webhook_secret: values['webhook-secret'],
};
process.stdout.write(`${JSON.stringify(ready)}\n`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    void simulator.close().then(() => process.exit(0));
  });
}

function endpoint(url: string) {
  return { url, secret: values['webhook-secret'], enabled_events: values['webhook-events'].split(',') };
}

function whole(name: string, value: string): number {
  if (/^\d+$/.test(value)) return Number(value);
  return stop(`--${name} must be a whole number, not ${value}`);
}

/** `80`, or `80-400`: each request draws its own. */
function spanOfMs(value: string): readonly [number, number] {
  const [from = '', to = from] = value.split('-');
  const span = [whole('latency', from), whole('latency', to)] as const;
  return span[0] <= span[1] ? span : stop(`--latency must name the shorter time first, not ${value}`);
}

function oneOf<T extends string>(
  name: string,
  value: string | undefined,
  values: readonly T[],
): T | undefined {
  if (value === undefined || (values as readonly string[]).includes(value)) return value as T | undefined;
  return stop(`--${name} must be one of ${values.join(', ')}, not ${value}`);
}

function stop(reason: string): never {
  process.stderr.write(`${reason}\n${USAGE}\n`);
  process.exit(1);
}
