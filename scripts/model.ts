/**
 * `npm run model`: the charge protocol under half a million schedules of crashes, zombies, lost and late messages and
 * people who press twice; then what other protocols make of the same (test/model).
 *
 *   --schedules N   how many (500000)         --seed N     the first seed (1); `random` draws and prints one
 *   --rivals N      schedules for each rival  --cores N    worker threads (2)
 *   --without NAME  leave out bind_guard, cancel_proof, close_request or write_ahead
 *   --seed N --trace   one schedule, step by step
 *   --json          one JSON object instead of words
 *
 * Exit 1 when a promise was broken, or when a fault or an actor came too seldom.
 */
import { randomInt } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { addTally, type Batch, emptyTally, runBatch, type Tally } from '../test/model/batch.ts';
import { mutants, type Without } from '../test/model/mutants.ts';
import {
  occasionsText,
  protocolTable,
  type Row,
  rareOccasions,
  violationsText,
} from '../test/model/report.ts';
import { type Rival, rivals } from '../test/model/rivals.ts';
import { runSchedule } from '../test/model/run.ts';

const BATCH = 1_000;
const SEED_MAX = 2 ** 31;
/** A young generation that holds a batch's garbage: a fifth less time. */
const LIMITS = { maxYoungGenerationSizeMb: 192 } as const;

if (isMainThread) process.exitCode = await main();
else serve();

/** A thread: answers each batch with its tally. */
function serve(): void {
  parentPort?.on('message', (batch: Batch) => {
    runBatch(batch).then((tally) => parentPort?.postMessage(tally), fail);
  });
}

function fail(error: unknown): never {
  throw error;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      schedules: { type: 'string', default: '500000' },
      seed: { type: 'string', default: '1' },
      rivals: { type: 'string', default: '20000' },
      cores: { type: 'string', default: '2' },
      without: { type: 'string' },
      trace: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const without: Without = mutants.find((name) => name === values.without) ?? null;
  if (values.without !== undefined && without === null)
    throw new RangeError(`--without ${mutants.join('|')}`);
  const seed = values.seed === 'random' ? randomInt(SEED_MAX) : Number(values.seed);
  if (values.trace) return trace(seed, without);
  const crew = createCrew(Number(values.cores));
  const started = performance.now();
  const ours = await crew.run({
    first_seed: seed,
    schedules: Number(values.schedules),
    without,
    rival: null,
  });
  const seconds = Math.round((performance.now() - started) / 1_000);
  const rows: Row[] = [
    { name: without === null ? 'Duecourse' : `Duecourse without ${without}`, tally: ours },
  ];
  for (const rival of Object.keys(rivals) as Rival[]) {
    const batch = { first_seed: seed, schedules: Number(values.rivals), without: null, rival };
    if (batch.schedules > 0) rows.push({ name: rival, tally: await crew.run(batch) });
  }
  await crew.close();
  const rare = rareOccasions(ours);
  if (values.json) process.stdout.write(`${JSON.stringify({ seed, seconds, rare, rows })}\n`);
  else process.stdout.write(inWords(ours, { seed, seconds, rare, rows }));
  return ours.violations.length > 0 || rare.length > 0 ? 1 : 0;
}

function inWords(
  ours: Tally,
  run: {
    readonly seed: number;
    readonly seconds: number;
    readonly rare: readonly string[];
    readonly rows: readonly Row[];
  },
): string {
  const { schedules, steps, violations } = ours;
  const lines = [
    `${schedules} schedules from seed ${run.seed}, ${steps} steps, ${run.seconds} s: ${violations.length} violations`,
    ...(violations.length === 0 ? [] : [violationsText(ours)]),
    'How often each fault struck and everybody acted:',
    occasionsText(ours),
    ...(run.rare.length === 0 ? [] : [`Too seldom: ${run.rare.join(', ')}`]),
    ...(run.rows.length === 1 ? [] : [protocolTable(run.rows)]),
  ];
  return `${lines.join('\n')}\n`;
}

async function trace(seed: number, without: Without): Promise<number> {
  const { violations, world } = await runSchedule(seed, {
    without,
    trace: (line) => process.stdout.write(`${line}\n`),
  });
  process.stdout.write(
    `seed ${seed}: ${world.tables.charge().state}, told ${world.tables.told.join(' > ')}\n`,
  );
  process.stdout.write(violations.length === 0 ? 'no violation\n' : `${violations.join('\n')}\n`);
  return violations.length === 0 ? 0 : 1;
}

/** Threads that share the seeds of a run between them. */
function createCrew(cores: number) {
  const threads = Array.from(
    { length: cores },
    () => new Worker(fileURLToPath(import.meta.url), { resourceLimits: LIMITS }),
  );

  async function run(whole: Batch): Promise<Tally> {
    const tally = emptyTally();
    let next = whole.first_seed;
    const end = whole.first_seed + whole.schedules;
    const work = async (thread: Worker) => {
      while (next < end) {
        const first_seed = next;
        const schedules = Math.min(BATCH, end - first_seed);
        next += schedules;
        addTally(tally, await answerOf(thread, { ...whole, first_seed, schedules }));
      }
    };
    await Promise.all(threads.map(work));
    tally.violations.sort((a, b) => a.seed - b.seed);
    return tally;
  }

  return { run, close: () => Promise.all(threads.map((thread) => thread.terminate())) };
}

function answerOf(thread: Worker, batch: Batch): Promise<Tally> {
  return new Promise((resolve, reject) => {
    thread.once('error', reject);
    thread.once('message', (tally: Tally) => {
      thread.off('error', reject);
      resolve(tally);
    });
    thread.postMessage(batch);
  });
}
