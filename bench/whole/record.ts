/** The latest figures, as `docs/benchmarks.json` keeps them and `docs/benchmarks.md` shows them. */
import { readFileSync, writeFileSync } from 'node:fs';
import { type Figures, figureAt } from './figures.ts';
import type { machineOf, Report, versions } from './report.ts';
import { importTable, lagTable, paceTable, table } from './tables.ts';

export type Circumstances = {
  /** Of the part `charges`. */
  readonly charges: number;
  /** What went wrong. */
  readonly failed: readonly string[];
  readonly machine: ReturnType<typeof machineOf>;
  readonly versions: ReturnType<typeof versions>;
  readonly seconds: number;
};

export type Recorded = Report & Circumstances;

/** `null` until something was recorded. */
export type Benchmarks = { readonly latest: (Recorded & { readonly date: string }) | null };

const RECORD = 'docs/benchmarks.json';
const DOCUMENT = 'docs/benchmarks.md';

/** What each measurement is called in the document, in its order. */
const NAMES: Readonly<Record<string, string>> = {
  loop: "bare loop of Stripe's SDK, 50 at a time",
  tutorial: 'tutorial: BullMQ on Redis, 50 at a time',
  pipeline_postgres: 'ours, queue on Postgres',
  pipeline_redis: 'ours, queue on Redis',
  simulator_webhooks_off: 'ours on the simulator, without webhooks',
  simulator_webhooks_on: 'ours on the simulator, until every event is applied',
  intake_bare: 'a bare server with one insert',
  intake_api: '`POST /v1/charges`',
  import: 'lines of a run in one upload',
  loop_100ms: 'bare loop, Stripe at 100 ms, 20 at a time',
  workers_1: 'ours, Stripe at 100 ms, one worker',
  workers_2: 'two workers',
  workers_4: 'four workers',
  endpoints_none: 'ours, told to nobody',
  endpoints_quick: 'told to one endpoint',
  endpoints_beside_slow: 'told to one more, which takes ten seconds',
  run_pace_1: 'a run at 25 calls a second and endpoint, one worker',
  run_pace_4: 'four workers',
  pace: 'ours, at most 100 calls a second and endpoint',
};
const RATES = ['steady_per_s', 'per_s'] as const;

/** Stores the report, and renews the document. */
export function record(report: Recorded): void {
  const benchmarks: Benchmarks = { latest: { ...report, date: new Date().toISOString().slice(0, 10) } };
  writeFileSync(RECORD, `${JSON.stringify(benchmarks, null, 2)}\n`);
  writeFileSync(DOCUMENT, documentOf(readFileSync(DOCUMENT, 'utf8'), benchmarks));
}

/** The document with its measured parts replaced; the rest of the text stays. */
export function documentOf(text: string, { latest }: Benchmarks): string {
  return text.replace(
    /(<!-- measured: (\w+) -->\n)[\s\S]*?(<!-- \/measured -->)/g,
    (_all, begin: string, name: string, end: string) => {
      const shown = latest === null ? 'Nothing is recorded yet.' : shownAs(name, latest);
      return `${begin}${shown}\n${end}`;
    },
  );
}

function shownAs(name: string, latest: NonNullable<Benchmarks['latest']>): string {
  if (name === 'machine') return machineText(latest);
  if (name === 'ratios') return ratiosTable(latest);
  if (name === 'parts') return partsTable(latest);
  if (name === 'single') return singleText(latest);
  if (name === 'scale') return scaleTable(latest);
  if (name === 'endpoints') return lagTable(latest.parts);
  if (name === 'run') return `${paceTable(latest.parts)}\n\n${importTable(latest.parts)}`;
  throw new RangeError(`nothing measured is called ${name}`);
}

/** The same for a terminal. */
export function linesOf(report: Recorded): string[] {
  const texts = [
    ratiosTable(report),
    partsTable(report),
    singleText(report),
    lagTable(report.parts),
    paceTable(report.parts),
    importTable(report.parts),
    scaleTable(report),
  ];
  return texts.flatMap((text) => [text, '']);
}

function machineText({
  date,
  machine,
  versions: of,
  seconds,
  rounds,
}: NonNullable<Benchmarks['latest']>): string {
  const load = `load average ${machine.load_before.join(', ')} before and ${machine.load_after.join(', ')} after`;
  const what = Object.entries(of).map(([name, version]) => `${name} ${version}`);
  return `${date}, ${rounds} rounds in ${seconds} s on ${machine.cores} × ${machine.cpu}, ${machine.memory_mb} MB, ${load}; ${what.join(', ')}.`;
}

function ratiosTable({ ratios }: Recorded): string {
  const rows = Object.entries(ratios).map(([name, ratio]) => `| \`${name}\` | ${ratio ?? 'not measured'} |`);
  return ['| ratio | |', '|---|---|', ...rows].join('\n');
}

function partsTable({ parts, rates }: Recorded): string {
  const head = [
    'what',
    'a second (lowest to highest round)',
    'statements',
    'commits',
    'WAL bytes',
    'CPU in µs',
  ];
  const rows = Object.entries(NAMES).flatMap(([name, title]) => {
    const figures = parts[name];
    if (figures === undefined) return [];
    const of = (path: string) => figureAt(figures, path) ?? '';
    const path = RATES.find((one) => figureAt(figures, one) !== null) ?? 'per_s';
    const each = rates[name] ?? [];
    const rate = `${of(path)} (${Math.min(...each)} to ${Math.max(...each)})`;
    return [[title, rate, of('statements'), of('commits'), of('wal_bytes'), cpuText(figures)]];
  });
  return table(head, [...rows, ...manyRows(parts.rows)]);
}

function manyRows(figures: Figures | undefined): (string | number)[][] {
  if (figures === undefined) return [];
  const names = { insert: 'rows', insert_with_triggers: 'rows with the triggers', intake: 'our statement' };
  return Object.entries(names).flatMap(([name, title]) => {
    const of = (path: string) => figureAt(figures, `${name}.${path}`) ?? '';
    if (of('per_s') === '') return [];
    const cpu = `postgres ${of('cpu_us.postgres')}`;
    const rest = [of('statements'), of('commits'), of('wal_bytes'), cpu];
    return [[`${title}, 500 lines of a run at a time`, of('per_s'), ...rest]];
  });
}

function cpuText(figures: Figures): string {
  const { cpu_us } = figures;
  if (typeof cpu_us !== 'object' || cpu_us === null || Array.isArray(cpu_us)) return '';
  return Object.entries(cpu_us)
    .map(([name, us]) => `${name.replace('_', ' ')} ${us}`)
    .join(', ');
}

function singleText({ parts }: Recorded): string {
  const figures = parts.single;
  if (figures === undefined) return 'A lone charge was not measured.';
  const of = (path: string) => figureAt(figures, path) ?? '';
  const rows = (['idle', 'during_run'] as const).map((name) => [
    name === 'idle' ? 'nothing else to do' : 'thousands before it',
    of(`${name}.p50_ms`),
    of(`${name}.p99_ms`),
    of(`${name}.count`),
  ]);
  const counts = `${of('per_charge.statements')} statements, ${of('per_charge.commits')} commits, ${of('per_charge.wal_bytes')} bytes of WAL`;
  return `${table(['a lone charge', 'p50 in ms', 'p99 in ms', 'charges'], rows)}\n\nA lone charge takes ${counts}.`;
}

function scaleTable({ parts }: Recorded): string {
  const { statements, memory } = parts;
  if (statements === undefined || memory === undefined) return 'Growth was not measured (`--scale`).';
  const at = (path: string) => figureAt(statements, path) ?? '';
  const { small } = statements;
  const names = Object.entries((small ?? {}) as Figures).flatMap(([name, value]) =>
    typeof value === 'object' && value !== null ? [name] : [],
  );
  const rows = names.map((name) => [
    name.replaceAll('_', ' '),
    ...['small', 'large'].flatMap((size) => [at(`${size}.${name}.median_ms`), at(`${size}.${name}.blocks`)]),
  ]);
  const [few, many] = [at('small.rows'), at('large.rows')];
  const held = (path: string) => figureAt(memory, path) ?? '?';
  return `${table(['statement', `ms at ${few}`, 'blocks', `ms at ${many}`, 'blocks'], rows)}

A worker held ${held('small.most_mb')} MB while ${held('small.due')} charges were due, and ${held('large.most_mb')} MB while ${held('large.due')} were.`;
}
