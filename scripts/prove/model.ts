/**
 * `npm run model`: the charge protocol under half a million schedules of crashes, zombies, lost and late messages and
 * people who press twice (test/model, docs/protocol-model.md).
 *
 *   --rivals          instead: how other protocols fare under the same, 100,000 schedules each
 *   --safeguards      instead: the protocol without each of its safeguards, 20,000 schedules each
 *   --schedules N     how many    --seed N   the first seed (1); `random` draws and prints one
 *   --cores N         worker threads (2)
 *   --without NAME    leaves out bind_guard, cancel_proof, close_request or write_ahead
 *   --seed N --trace  one schedule, step by step
 *   --json            one JSON object instead of words
 *   --record          stores the result in docs/protocol-model.json and updates docs/protocol-model.md
 *
 * Exit 1 if the whole protocol breaks a promise, if a fault or an actor occurs too rarely, if a rival never charges
 * twice, or if leaving out a safeguard breaks nothing.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import type { Batch } from '../../test/model/batch.ts';
import { mutants, type Without } from '../../test/model/mutants.ts';
import { documentOf, type Measured, type Measurements } from '../../test/model/record.ts';
import {
  occasionsTable,
  type Row,
  rareOccasions,
  rivalsTable,
  safeguardsTable,
  violationsText,
} from '../../test/model/report.ts';
import { type Rival, rivals } from '../../test/model/rivals.ts';
import { runSchedule } from '../../test/model/run.ts';
import { seedOf, wholeNumber } from '../whole-number.ts';
import { startThreads, type Threads } from './model-threads.ts';

const SCHEDULES = { schedules: 500_000, rivals: 100_000, safeguards: 20_000 } as const;
type What = keyof typeof SCHEDULES;
const OURS = 'Duecourse';
const RECORD = 'docs/protocol-model.json';
const DOCUMENT = 'docs/protocol-model.md';

process.exitCode = await main();

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      rivals: { type: 'boolean', default: false },
      safeguards: { type: 'boolean', default: false },
      schedules: { type: 'string' },
      seed: { type: 'string', default: '1' },
      cores: { type: 'string', default: '2' },
      without: { type: 'string' },
      trace: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      record: { type: 'boolean', default: false },
    },
  });
  const without: Without = mutants.find((name) => name === values.without) ?? null;
  if (values.without !== undefined && without === null)
    throw new RangeError(`--without ${mutants.join('|')}`);
  const seed = seedOf(values.seed);
  if (values.trace) return trace(seed, without);
  const what: What = values.rivals ? 'rivals' : values.safeguards ? 'safeguards' : 'schedules';
  const schedules = wholeNumber('schedules', values.schedules ?? String(SCHEDULES[what]));
  const measured = await measure(what, { first_seed: seed, schedules, without, rival: null }, values.cores);
  if (values.record) record(what, measured);
  const faults = faultsOf(what, measured.rows);
  const text = values.json ? JSON.stringify({ ...measured, faults }) : inWords(what, measured, faults);
  process.stdout.write(`${text}\n`);
  return faults.length === 0 ? 0 : 1;
}

/** The runs that answer a question, one after another. */
async function measure(what: What, batch: Batch, cores: string): Promise<Measured> {
  const threads = startThreads(wholeNumber('cores', cores));
  const started = performance.now();
  const used = process.cpuUsage();
  const rows = await run(what, batch, threads);
  const { user, system } = process.cpuUsage(used);
  const seconds = Math.round((performance.now() - started) / 1_000);
  await threads.close();
  return {
    command: ['npm run model --', ...process.argv.slice(2).filter((arg) => arg !== '--record')].join(' '),
    seed: batch.first_seed,
    schedules: batch.schedules,
    date: new Date().toISOString().slice(0, 10),
    machine: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, Node ${process.versions.node}`,
    seconds,
    cpu_seconds: Math.round((user + system) / 1_000_000),
    rows,
  };
}

async function run(what: What, batch: Batch, threads: Threads): Promise<Row[]> {
  const rows: Row[] = [];
  const add = async (name: string, changed: Partial<Batch>) => {
    rows.push({ name, tally: await threads.run({ ...batch, ...changed }) });
  };
  if (what === 'safeguards') {
    for (const name of mutants) await add(name, { without: name });
    return rows;
  }
  await add(batch.without === null ? OURS : `${OURS} without ${batch.without}`, {});
  if (what === 'rivals') for (const rival of Object.keys(rivals) as Rival[]) await add(rival, { rival });
  return rows;
}

/** Why the run does not show what it should. */
function faultsOf(what: What, rows: readonly Row[]): string[] {
  if (what === 'safeguards')
    return rows.filter(({ tally }) => tally.violating === 0).map(({ name }) => `nobody misses ${name}`);
  const [ours, ...others] = rows;
  if (ours === undefined) throw new RangeError('a run has a row');
  const harmless = others.filter(({ tally }) => tally.double === 0);
  return [
    ...(ours.tally.violating > 0 ? [`${ours.tally.violating} violations`] : []),
    ...rareOccasions(ours.tally).map((name) => `too seldom: ${name}`),
    ...harmless.map(({ name }) => `never charged twice: ${name}`),
  ];
}

function inWords(what: What, measured: Measured, faults: readonly string[]): string {
  const { rows, seed, seconds, cpu_seconds } = measured;
  const head = `from seed ${seed}, ${seconds} s (${cpu_seconds} s of CPU)`;
  const tail = faults.map((fault) => `FAILED: ${fault}`);
  const [ours] = rows;
  if (what === 'safeguards' || ours === undefined)
    return [`Safeguards left out, ${head}`, safeguardsTable(rows), ...tail].join('\n');
  const { schedules, steps, violating } = ours.tally;
  const flags = ours.name === OURS ? '' : ` --without ${ours.name.split(' ').at(-1)}`;
  return [
    `${schedules} schedules ${head}, ${steps} steps: ${violating} violations`,
    ...(violating === 0 ? [] : [violationsText(ours.tally, flags)]),
    ...(what === 'rivals' ? ['Per 100,000 schedules:', rivalsTable(rows)] : [occasionsTable(ours.tally)]),
    ...tail,
  ].join('\n');
}

function record(what: What, measured: Measured): void {
  const known = JSON.parse(readFileSync(RECORD, 'utf8')) as Measurements;
  const measurements = { ...known, [what]: measured };
  writeFileSync(RECORD, `${JSON.stringify(measurements, null, 2)}\n`);
  writeFileSync(DOCUMENT, documentOf(readFileSync(DOCUMENT, 'utf8'), measurements));
}

async function trace(seed: number, without: Without): Promise<number> {
  const { violations, world } = await runSchedule(seed, {
    without,
    trace: (line) => process.stdout.write(`${line}\n`),
  });
  for (const { id, state } of world.tables.rows.charge.values())
    process.stdout.write(`seed ${seed}: ${id} ${state}, told ${world.tables.toldOf(id).join(' > ')}\n`);
  process.stdout.write(violations.length === 0 ? 'no violation\n' : `${violations.join('\n')}\n`);
  return violations.length === 0 ? 0 : 1;
}
