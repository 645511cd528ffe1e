/**
 * `npm run bench [-- --json] [--charges N] [--rounds N] [--against FOLDER]`: the CPU time of a charge with webhooks on,
 * by process, in microseconds: from `POST /v1/charges` until it is settled and every webhook is applied, on a sandbox
 * of real processes with its queue on Postgres. Each figure is the median of the rounds. `--against` measures the
 * checkout in that folder (with its own `node_modules`) the same way, in turns with this one, so that both see the same
 * machine. Keys for what is not measured yet are null.
 */
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { wholeNumber } from '../scripts/whole-number.ts';
import { type CpuOfRun, type CpuPerCharge, cpuPerCharge } from './charges/measure.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const NOT_YET = {
  pipeline_vs_sdk_loop: null,
  pipeline_vs_tutorial: null,
  intake_vs_insert: null,
  pace_used: null,
  single_p99_during_run_vs_idle: null,
  memory_1m_vs_10k: null,
  webhooks_on_vs_off: null,
  api_vs_bare: null,
};

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    charges: { type: 'string', default: '800' },
    rounds: { type: 'string', default: '2' },
    against: { type: 'string' },
  },
});

const say = (line: string): void => void (values.json ? process.stderr : process.stdout).write(`${line}\n`);

async function main(): Promise<void> {
  const began_ms = performance.now();
  const machine = {
    cores: availableParallelism(),
    cpu: cpus()[0]?.model ?? 'unknown',
    load_before: loadavg().map((each) => Number(each.toFixed(2))),
  };
  const charges = wholeNumber('charges', values.charges);
  const rounds = wholeNumber('rounds', values.rounds);
  const other = values.against === undefined ? null : resolve(values.against);
  const measured: Record<'ours' | 'theirs', (CpuOfRun | null)[]> = { ours: [], theirs: [] };
  for (let round = 1; round <= rounds; round += 1)
    for (const [name, root] of [['theirs', other] as const, ['ours', ROOT] as const]) {
      if (root === null) continue;
      const cpu = await cpuPerCharge(root, charges);
      measured[name].push(cpu);
      say(`round ${round}, ${name === 'ours' ? 'this checkout' : root}: ${JSON.stringify(cpu)}`);
    }
  const resultOf = (part: keyof CpuOfRun) => {
    const [cpu_us, against] = [mediansOf(measured.ours, part), mediansOf(measured.theirs, part)];
    const share = cpu_us === null || against === null ? null : cpu_us.total / against.total;
    return { cpu_us, against, share: share === null ? null : Number(share.toFixed(2)) };
  };
  const [whole, after_intake] = [resultOf('whole'), resultOf('after_intake')];
  say(JSON.stringify({ whole, after_intake }, null, 2));
  if (!values.json) return;
  const seconds = Math.round((performance.now() - began_ms) / 1_000);
  const report = {
    ratios: NOT_YET,
    cpu_us: whole.cpu_us,
    after_intake,
    against: whole.against,
    share: whole.share,
    charges,
    rounds,
    backend: 'postgres',
    machine,
    versions: versions(),
    seconds,
  };
  process.stdout.write(`${JSON.stringify(report)}\n`);
}

/** On Postgres, the queue's own work counts as that of Postgres, the worker and the API. */
function mediansOf(rounds: readonly (CpuOfRun | null)[], part: keyof CpuOfRun) {
  const told = rounds.flatMap((cpu) => (cpu === null ? [] : [cpu[part]]));
  if (told.length === 0) return null;
  const median = (name: keyof CpuPerCharge): number => {
    const sorted = told.map((cpu) => cpu[name]).sort((a, b) => a - b);
    const middle = sorted.length / 2;
    const [low = 0, high = low] = sorted.slice(Math.ceil(middle) - 1, Math.floor(middle) + 1);
    return Math.round((low + high) / 2);
  };
  return {
    worker: median('worker'),
    postgres: median('postgres'),
    api: median('api'),
    queue: null,
    simulator: median('simulator'),
    total: median('total'),
  };
}

function versions(): Record<string, string> {
  const { dependencies } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  return { node: process.version, stripe: dependencies.stripe ?? '', postgres: dependencies.postgres ?? '' };
}

await main();
