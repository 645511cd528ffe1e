/**
 * `npm run bench [-- --json] [--only PART,…] [--rounds N] [--small] [--scale] [--charges N] [--lines N] [--against FOLDER]
 * [--record]`: how fast charges are settled and taken in, beside a bare loop of Stripe's SDK, a tutorial's pipeline and a bare
 * server. All parts are measured in turns, round after round, and each figure is the median of the rounds (docs/benchmarks.md
 * says what each part is). Keys for what was not measured are null. `npm run bench:endpoints` and `npm run bench:pace` are
 * these parts alone.
 *
 *   --only    some of loop, tutorial, pipeline, simulator, intake, rows, import, single, workers, endpoints, pace, charges
 *   --small   a size that shows that every part runs, in one round; its figures say nothing
 *   --scale   also, once: statements on 10,000 and on 1,000,000 charges, a worker's memory beside as many, and the API's while as
 *             many lines come in; with `--rounds 0` nothing else
 *   --charges of the parts `charges` and `endpoints`
 *   --lines   of one upload in the part `import`
 *   --against the checkout in that folder (with its own `node_modules`) in turns with this one: the part `charges`, alone
 *             unless `--only` says more
 *   --record  stores the result, of all parts and in full size, in docs/benchmarks.json and updates docs/benchmarks.md
 *
 * It uses loopback only and ends within three hours, with every process that it started.
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { wholeNumber } from '../scripts/whole-number.ts';
import { memoryAt } from './scale/memory.ts';
import { statementsAt } from './scale/statements.ts';
import type { Figures, Rounds } from './whole/figures.ts';
import { type Ground, openGround } from './whole/ground.ts';
import { importing } from './whole/import.ts';
import { FULL, measurements, PARTS, type Part, SMALL } from './whole/parts.ts';
import { type Circumstances, linesOf, record } from './whole/record.ts';
import { loadNow, machineOf, reportOf, versions } from './whole/report.ts';

const ROUNDS = '5';
const MOST_MS = 10_800_000;
const SCALE = { full: [10_000, 1_000_000], small: [2_000, 20_000] } as const;
/** Charges that a worker settles while its memory is watched, as a share of the smaller number that are due. */
const SETTLED_SHARE = 0.9;

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    only: { type: 'string' },
    rounds: { type: 'string' },
    small: { type: 'boolean', default: false },
    scale: { type: 'boolean', default: false },
    charges: { type: 'string' },
    lines: { type: 'string' },
    against: { type: 'string' },
    record: { type: 'boolean', default: false },
  },
});

/** A measurement that fails does not spoil the others; the exit code tells. */
const failed: string[] = [];

const say = (line: string): void => void (values.json ? process.stderr : process.stdout).write(`${line}\n`);

process.exitCode = await main();

async function main(): Promise<number> {
  const began_ms = performance.now();
  const load_before = loadNow();
  const parts = partsOf(values.only);
  if (values.record && (values.small || parts !== PARTS))
    throw new RangeError('--record takes all parts, in full size');
  const size = sizeOf();
  const rounds = wholeNumber('rounds', values.rounds ?? (values.small ? '1' : ROUNDS));
  say(`load average before: ${load_before.join(' ')}`);
  const ground = await openGround();
  stopOnSignals(ground);
  try {
    const measured: Record<string, Figures[]> = {};
    const wanted = measurements(size, values.against === undefined ? null : resolve(values.against)).filter(
      ({ part, needsRedis }) => parts.includes(part) && (needsRedis !== true || ground.hasRedis),
    );
    for (let round = 1; round <= rounds; round += 1)
      for (const { name, run } of wanted)
        await keep(measured, name, `round ${round} of ${rounds}, ${name}`, () => run(ground));
    if (values.scale) await scale(ground, measured);
    return tell(measured, {
      charges: size.charges,
      failed,
      machine: machineOf(load_before),
      versions: versions(),
      seconds: Math.round((performance.now() - began_ms) / 1_000),
    });
  } finally {
    await ground.close();
  }
}

function partsOf(only: string | undefined): readonly Part[] {
  if (only === undefined) return values.against === undefined ? PARTS : ['charges'];
  return only.split(',').map((name) => {
    const part = PARTS.find((known) => known === name.trim());
    if (part === undefined) throw new RangeError(`--only takes ${PARTS.join(', ')}; not ${name}`);
    return part;
  });
}

function sizeOf() {
  const size = values.small ? SMALL : FULL;
  const lines = wholeNumber('lines', values.lines ?? String(size.lines));
  if (values.charges === undefined) return { ...size, lines };
  const charges = wholeNumber('charges', values.charges);
  return { ...size, lines, charges, endpoints: { ...size.endpoints, charges } };
}

async function keep(
  measured: Record<string, Figures[]>,
  name: string,
  title: string,
  run: () => Promise<Figures>,
): Promise<void> {
  const began_ms = performance.now();
  const figures = await run().catch((error: unknown): Figures => {
    failed.push(`${title}: ${String(error)}`);
    return {};
  });
  measured[name] = [...(measured[name] ?? []), figures];
  const seconds = Math.round((performance.now() - began_ms) / 1_000);
  say(`${title} (${seconds} s, load ${loadNow()[0]}): ${JSON.stringify(figures)}`);
}

async function scale(ground: Ground, measured: Record<string, Figures[]>): Promise<void> {
  const [few, many] = values.small ? SCALE.small : SCALE.full;
  const settled = SETTLED_SHARE * few;
  await keep(measured, 'statements', 'statements', async () => ({
    small: await statementsAt(ground, few),
    large: await statementsAt(ground, many),
  }));
  await keep(measured, 'memory', 'memory', async () => ({
    small: await memoryAt(ground, few, settled),
    large: await memoryAt(ground, many, settled),
  }));
  await keep(measured, 'import_memory', 'import_memory', async () => ({
    small: await importing(ground, few),
    large: await importing(ground, many),
  }));
}

function tell(rounds: Rounds, circumstances: Circumstances): number {
  const report = { ...reportOf(rounds), ...circumstances };
  for (const line of linesOf(report)) say(line);
  for (const line of failed) say(`FAILED: ${line}`);
  say(`load average after: ${report.machine.load_after.join(' ')}; ${report.seconds} s`);
  if (values.record && failed.length === 0) record(report);
  if (values.json) process.stdout.write(`${JSON.stringify(report)}\n`);
  return failed.length === 0 ? 0 : 1;
}

/** The processes end with this one, however it ends; the folder and the database only if we have time to. */
function stopOnSignals(ground: Ground): void {
  const stop = (code: number) => void ground.close().finally(() => process.exit(code));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop(130));
  setTimeout(() => {
    process.stderr.write('the benchmark takes too long\n');
    stop(1);
  }, MOST_MS).unref();
}
