/**
 * `npm run fuzz [-- --inputs N] [--seed N] [--json]`: sends hostile input to every parser at the door of the API (1,000,000 by
 * default; test/fuzz says which), one after the other, in this process. Prints by parser how many there were, how they were
 * answered, and the processor time that one took: at the median, at the 99.9th percentile, and at most. Exit 1 if one was
 * answered with a 5xx, or took more than 50 ms; the seed repeats a run.
 *
 * What took long is sent again: a collection of garbage hits any request, and no request twice.
 */
import { parseArgs } from 'node:util';
import { startEmbeddedPostgres } from '../../sandbox/postgres.ts';
import { processEnvironment, sandboxSecrets } from '../../sandbox/sandbox-environment.ts';
import { startSimulator } from '../../simulator/index.ts';
import { createApiKey } from '../../src/api/api-key.ts';
import { buildApp } from '../../src/api/app.ts';
import { compose } from '../../src/compose.ts';
import { loadConfig } from '../../src/platform/config.ts';
import { silentLog } from '../../src/platform/log.ts';
import { productionTimings } from '../../src/platform/timings.ts';
import { migrate } from '../../src/store/postgres/migrate.ts';
import { openChanges } from '../../src/store/work/changes.ts';
import { chanceOf } from '../../test/chaos/chance.ts';
import { type FuzzInput, type FuzzTarget, fuzzInput } from '../../test/fuzz/inputs.ts';
import { seedOf, wholeNumber } from '../whole-number.ts';

const CPU_MAX_MS = 50;
const AGAIN = 3;
const TELL_EVERY = 100_000;
/** Signatures are dated, and good for five minutes. */
const DATED_ANEW_EVERY = 10_000;
const FAILURES_SHOWN = 10;

const { values } = parseArgs({
  options: {
    inputs: { type: 'string', default: '1000000' },
    seed: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const say = (line: string): void => void (values.json ? process.stderr : process.stdout).write(`${line}\n`);

type Tally = { readonly cpu_ms: number[]; readonly answers: Record<string, number> };

async function main(): Promise<number> {
  const seed = seedOf(values.seed);
  const count = wholeNumber('inputs', values.inputs);
  say(`seed ${seed}, ${count} inputs`);
  const door = await openDoor();
  try {
    const { tallies, failures } = await fuzz(door, seed, count);
    const parsers = Object.fromEntries([...tallies].map(([parser, tally]) => [parser, toldOf(tally)]));
    const all = toldOf({
      cpu_ms: [...tallies.values()].flatMap(({ cpu_ms }) => cpu_ms),
      answers: {},
    });
    const report = { seed, inputs: count, cpu_ms: all.cpu_ms, failures, parsers };
    if (values.json) process.stdout.write(`${JSON.stringify(report)}\n`);
    for (const [parser, told] of Object.entries(parsers)) say(`${parser}: ${JSON.stringify(told)}`);
    say(`all: ${JSON.stringify(all.cpu_ms)}; ${failures.length} failures`);
    for (const failure of failures.slice(0, FAILURES_SHOWN)) say(failure);
    return failures.length === 0 ? 0 : 1;
  } finally {
    await door.close();
  }
}

async function fuzz(door: Door, seed: number, count: number) {
  const random = chanceOf(seed, 'parsers');
  const tallies = new Map<string, Tally>();
  const failures: string[] = [];
  let target = door.target();
  for (let n = 0; n < count; n += 1) {
    if (n % DATED_ANEW_EVERY === 0) target = door.target();
    const input = fuzzInput(random, target);
    let sent = await door.send(input);
    for (let again = 0; again < AGAIN && sent.cpu_ms > CPU_MAX_MS; again += 1) {
      const repeated = await door.send(input);
      if (repeated.cpu_ms < sent.cpu_ms) sent = repeated;
    }
    const tally = tallies.get(input.parser) ?? { cpu_ms: [], answers: {} };
    tallies.set(input.parser, tally);
    tally.cpu_ms.push(sent.cpu_ms);
    tally.answers[sent.status] = (tally.answers[sent.status] ?? 0) + 1;
    if (sent.status >= 500 || sent.cpu_ms > CPU_MAX_MS)
      failures.push(`#${n} ${sent.status} ${sent.cpu_ms} ms ${shownOf(input)}`);
    if ((n + 1) % TELL_EVERY === 0) say(`${n + 1} sent, ${failures.length} failures`);
  }
  return { tallies, failures };
}

/** Without the key that it came with. */
function shownOf({ headers, ...input }: FuzzInput): string {
  return JSON.stringify({ ...input, headers: { ...headers, authorization: undefined } }).slice(0, 400);
}

function toldOf({ cpu_ms, answers }: Tally) {
  const sorted = Float64Array.from(cpu_ms).sort();
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
  return { count: sorted.length, answers, cpu_ms: { p50: at(0.5), p999: at(0.999), max: at(1) } };
}

type Door = Awaited<ReturnType<typeof openDoor>>;

/** The API in this process, on a database and a Stripe of its own. */
async function openDoor() {
  const postgres = await startEmbeddedPostgres({ durable: false, log: () => {} });
  const simulator = await startSimulator({ port: 0 });
  await migrate(postgres.url);
  const secrets = sandboxSecrets(undefined);
  const addresses = {
    database_url: postgres.url,
    redis_url: null,
    stripe_url: simulator.url,
    smtp_url: 'smtp://127.0.0.1:1',
    api_url: 'http://127.0.0.1:1',
    port: 0,
  };
  const config = loadConfig(processEnvironment(addresses, secrets));
  const log = silentLog();
  const opened = await compose(config, { role: 'api', log, timings: productionTimings });
  const changes = openChanges({ databaseUrl: postgres.url, log });
  const { tables } = opened.database;
  const app = await buildApp({ ...opened.deps, tables, config, changes, queueReady: opened.queue.ready });
  await app.ready();
  const scopes = ['read', 'write', 'admin'] as const;
  const { token } = await createApiKey(tables, { name: 'fuzz', scopes, livemode: false });
  return {
    target: (): FuzzTarget => ({
      token,
      webhook_secret: secrets.stripe_webhook_secret,
      now_s: Math.floor(Date.now() / 1_000),
    }),
    send: async ({ parser: _parser, ...input }: FuzzInput) => {
      const before = process.cpuUsage();
      const { statusCode } = await app.inject(input);
      const { user, system } = process.cpuUsage(before);
      return { status: statusCode, cpu_ms: (user + system) / 1_000 };
    },
    close: async (): Promise<void> => {
      await app.close();
      await changes.close();
      await opened.close();
      await simulator.close();
      await postgres.stop();
    },
  };
}

process.exitCode = await main();
