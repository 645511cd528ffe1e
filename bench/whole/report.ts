/** The report: what `npm run bench -- --json` prints, and the table for a reader. */
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { spreadOf } from '../load/open-loop.ts';
import { type Figures, figureAt, mediansOf, type Rounds, ratioOf } from './figures.ts';
import { PACE_PER_S } from './parts.ts';

export type Report = {
  readonly ratios: Readonly<Record<string, number | null>>;
  /** Medians by measurement. */
  readonly parts: Readonly<Record<string, Figures>>;
  /** The rate of each round. */
  readonly rates: Readonly<Record<string, readonly number[]>>;
  readonly cpu_us: Figures | null;
  readonly after_intake: {
    readonly cpu_us: Figures | null;
    readonly against: Figures | null;
    readonly share: number | null;
  };
  readonly against: Figures | null;
  readonly share: number | null;
  readonly rounds: number;
  readonly backend: 'postgres';
};

const RATE_PATHS = ['per_s', 'steady_per_s', 'insert.per_s'] as const;

export function reportOf(rounds: Rounds): Report {
  const parts = Object.fromEntries(
    Object.entries(rounds).map(([name, each]) => [name, pooled(mediansOf(each))]),
  );
  const [whole, after_intake] = (['whole', 'after_intake'] as const).map((part) => compared(parts, part));
  const rates = Object.entries(rounds).flatMap(([name, each]) => {
    const path = RATE_PATHS.find((one) => figureAt(each[0], one) !== null);
    return path === undefined ? [] : [[name, each.map((round) => figureAt(round, path) ?? 0)] as const];
  });
  return {
    ratios: ratiosOf(rounds, parts),
    parts,
    rates: Object.fromEntries(rates),
    cpu_us: whole?.cpu_us ?? null,
    after_intake: after_intake ?? { cpu_us: null, against: null, share: null },
    against: whole?.against ?? null,
    share: whole?.share ?? null,
    rounds: Math.max(0, ...Object.values(rounds).map((each) => each.length)),
    backend: 'postgres',
  };
}

function ratiosOf(rounds: Rounds, parts: Report['parts']): Report['ratios'] {
  // What the bucket held at first would count twice between the first and the last tenth.
  const pace = figureAt(parts.pace, 'whole_per_s');
  const idle_p99 = figureAt(parts.single, 'idle.p99_ms');
  const run_p99 = figureAt(parts.single, 'during_run.p99_ms');
  return {
    pipeline_vs_sdk_loop: ratioOf(rounds, ['pipeline_postgres', 'steady_per_s'], ['loop', 'per_s']),
    pipeline_vs_tutorial: ratioOf(rounds, ['pipeline_postgres', 'steady_per_s'], ['tutorial', 'per_s']),
    intake_vs_insert: ratioOf(rounds, ['rows', 'intake.per_s'], ['rows', 'insert.per_s']),
    import_vs_insert: ratioOf(rounds, ['import', 'per_s'], ['import', 'insert.per_s']),
    pace_used: pace === null ? null : Number((pace / PACE_PER_S).toFixed(3)),
    run_pace_used_1: figureAt(parts.run_pace_1, 'share_used'),
    run_pace_used_4: figureAt(parts.run_pace_4, 'share_used'),
    single_p99_during_run_vs_idle:
      idle_p99 === null || run_p99 === null ? null : Number((run_p99 / idle_p99).toFixed(3)),
    memory_1m_vs_10k: ratioOf(rounds, ['memory', 'large.most_mb'], ['memory', 'small.most_mb']),
    import_memory_1m_vs_10k: ratioOf(
      rounds,
      ['import_memory', 'large.most_mb'],
      ['import_memory', 'small.most_mb'],
    ),
    one_endpoint_vs_none: ratioOf(
      rounds,
      ['endpoints_quick', 'steady_per_s'],
      ['endpoints_none', 'steady_per_s'],
    ),
    beside_slow_endpoint_vs_quick_alone: ratioOf(
      rounds,
      ['endpoints_beside_slow', 'steady_per_s'],
      ['endpoints_quick', 'steady_per_s'],
    ),
    webhooks_on_vs_off: ratioOf(
      rounds,
      ['simulator_webhooks_on', 'whole_per_s'],
      ['simulator_webhooks_off', 'whole_per_s'],
    ),
    api_vs_bare: ratioOf(rounds, ['intake_api', 'per_s'], ['intake_bare', 'per_s']),
    redis_pipeline_vs_sdk_loop: ratioOf(rounds, ['pipeline_redis', 'steady_per_s'], ['loop', 'per_s']),
    redis_pipeline_vs_tutorial: ratioOf(rounds, ['pipeline_redis', 'steady_per_s'], ['tutorial', 'per_s']),
    workers_2_vs_1: ratioOf(rounds, ['workers_2', 'steady_per_s'], ['workers_1', 'steady_per_s']),
    workers_4_vs_1: ratioOf(rounds, ['workers_4', 'steady_per_s'], ['workers_1', 'steady_per_s']),
  };
}

/** A quantile of a few values says little; that of all rounds' values takes the place of the median of quantiles. */
function pooled(figures: Figures): Figures {
  const entries = Object.entries(figures).map(([name, value]) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return [name, value] as const;
    const { ms, ...rest } = value as Figures;
    if (!Array.isArray(ms)) return [name, value] as const;
    const { count, p50_ms, p99_ms } = spreadOf(ms.map((each: number) => ({ answered: '', ms: each })));
    return [name, { ...rest, count, p50_ms, p99_ms }] as const;
  });
  return Object.fromEntries(entries);
}

/** On Postgres, the queue's own work counts as that of Postgres, the worker and the API. */
function compared(parts: Report['parts'], part: 'whole' | 'after_intake') {
  const of = (name: string): Figures | null => {
    const told = parts[name]?.[part];
    return typeof told === 'object' && told !== null && !Array.isArray(told)
      ? { ...(told as Figures), queue: null }
      : null;
  };
  const [cpu_us, against] = [of('charges'), of('charges_against')];
  const [total, other] = [figureAt(cpu_us ?? {}, 'total'), figureAt(against ?? {}, 'total')];
  const share = total === null || other === null ? null : Number((total / other).toFixed(2));
  return { cpu_us, against, share };
}

export function loadNow(): number[] {
  return loadavg().map((each) => Number(each.toFixed(2)));
}

export function machineOf(load_before: readonly number[]) {
  return {
    cores: availableParallelism(),
    cpu: cpus()[0]?.model ?? 'unknown',
    memory_mb: Math.round(totalmem() / 2 ** 20),
    load_before,
    load_after: loadNow(),
  };
}

export function versions(): Record<string, string> {
  const { dependencies } = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  ) as {
    dependencies: Record<string, string>;
  };
  const of = (name: string) => [name, dependencies[name] ?? ''] as const;
  return {
    node: process.version,
    ...Object.fromEntries(['stripe', 'postgres', 'bullmq', 'fastify'].map(of)),
  };
}
