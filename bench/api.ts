/**
 * `npm run bench:api [-- --json] [--redis] [--soak | --crowds]`: measures how long `POST /v1/charges` takes while a worker is
 * busy, and from which rate on the API turns requests away, compared with a bare Fastify server that does one insert
 * into the same database. With `--soak` instead: 2,000 requests a second for 20 s, the same while API and workers are
 * stopped ten times, and 1,000 webhooks a second for 20 s; exit 1 unless every condition of `bench/api/soak.ts` holds. With `--crowds`
 * instead, for 40 s: what good callers notice of idle connections and of callers without a key.
 *
 * The load generator is our own open loop (`bench/load/open-loop.ts`), in this process. It shares the machine with the
 * API, Postgres, the simulator and the workers, so the figures are for all of them together.
 */
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { besideCrowds } from './api/crowd.ts';
import { measure } from './api/measure.ts';
import { soak } from './api/soak.ts';
import { openStage, type Stage } from './api/stage.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    redis: { type: 'boolean', default: false },
    soak: { type: 'boolean', default: false },
    crowds: { type: 'boolean', default: false },
  },
});
const SOAK = {
  burst: { rate_per_s: 2_000, seconds: 20 },
  stops: { count: 10, every_s: 5, rate_per_s: 2_000 },
  webhooks: { rate_per_s: 1_000, seconds: 20 },
} as const;

const say = (line: string): void => void (values.json ? process.stderr : process.stdout).write(`${line}\n`);

async function main(): Promise<number> {
  const began_ms = performance.now();
  const load = loadavg().map((each) => Number(each.toFixed(2)));
  const opening = openStage({ redis: values.redis, workers: values.soak ? 2 : 1, durable: true });
  const close = () => opening.then((stage) => stage.close()).catch(() => {});
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void close().then(() => process.exit(130)));
  try {
    const stage = await opening;
    const result = await run(stage);
    const seconds = Math.round((performance.now() - began_ms) / 1_000);
    const backend = values.redis ? 'redis' : 'postgres';
    const report = { ...result, backend, machine: machine(load), versions: versions(), seconds };
    say(JSON.stringify(result, null, 2));
    if (values.json) process.stdout.write(`${JSON.stringify(report)}\n`);
    return 'ok' in result && !result.ok ? 1 : 0;
  } finally {
    await close();
  }
}

function run(stage: Stage) {
  if (values.crowds) return besideCrowds(stage, say);
  return values.soak ? soak(stage, SOAK, say) : measure(stage, say);
}

function machine(load_before: readonly number[]) {
  return { cores: availableParallelism(), cpu: cpus()[0]?.model ?? 'unknown', load_before };
}

function versions(): Record<string, string> {
  const { dependencies } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  return {
    node: process.version,
    fastify: dependencies.fastify ?? '',
    postgres: dependencies.postgres ?? '',
  };
}

process.exitCode = await main();
