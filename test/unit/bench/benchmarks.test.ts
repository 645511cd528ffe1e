/** `docs/benchmarks.md` shows what was recorded last, and what is said of several rounds is what they say. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { mediansOf, ratioOf } from '../../../bench/whole/figures.ts';
import { type Benchmarks, documentOf } from '../../../bench/whole/record.ts';
import { reportOf } from '../../../bench/whole/report.ts';

test('the document shows the record', () => {
  const text = readFileSync('docs/benchmarks.md', 'utf8');
  const recorded = JSON.parse(readFileSync('docs/benchmarks.json', 'utf8')) as Benchmarks;

  expect(documentOf(text, recorded)).toBe(text);
});

test('a document shows every measured part', () => {
  const rounds = {
    pipeline_postgres: [
      { steady_per_s: 500, statements: 0.5, commits: 0.2, wal_bytes: 9_000, cpu_us: { worker: 900 } },
    ],
    endpoints_quick: [{ steady_per_s: 400, lag: { p50_ms: 90, p99_ms: 300 } }],
    endpoints_beside_slow: [{ steady_per_s: 380, lag: { p50_ms: 95, p99_ms: 420 } }],
    run_pace_4: [
      { charges: 3_000, steady_per_s: 25, share_used: 0.97, share_of_confirms: 0.99, share_429: 0 },
    ],
    import: [{ lines: 20_000, per_s: 3_000, most_mb: 180, insert: { per_s: 6_000 } }],
    rows: [{ insert: { per_s: 8_000 }, intake: { per_s: 4_000 }, insert_with_triggers: { per_s: 5_000 } }],
  };
  const machine = { cores: 2, cpu: 'a processor', memory_mb: 8_000, load_before: [0], load_after: [2] };
  const latest = {
    ...reportOf(rounds),
    charges: 800,
    failed: [],
    machine,
    versions: { node: 'v20' },
    seconds: 60,
    date: '2026-12-01',
  };
  const text = documentOf(readFileSync('docs/benchmarks.md', 'utf8'), { latest });

  expect(text).toContain('2026-12-01, 1 rounds in 60 s on 2 × a processor');
  expect(text).toContain('| ours, queue on Postgres | 500 (500 to 500) | 0.5 | 0.2 | 9000 | worker 900 |');
  expect(text).toContain('| `pipeline_vs_sdk_loop` | not measured |');
  expect(text).toContain('| beside one that takes ten seconds | 95 | 420 |');
  expect(text).toContain('| four workers | 3000 | 0.97 | 0.99 | 0 |');
  expect(text).toContain('| 20000 | 180 |');
  expect(text).toContain('| our statement, 500 lines of a run at a time | 4000 |');
  for (const [name, ratio] of Object.entries({
    intake_vs_insert: 0.5,
    import_vs_insert: 0.5,
    beside_slow_endpoint_vs_quick_alone: 0.95,
    run_pace_used_4: 0.97,
    run_pace_used_1: 'not measured',
  }))
    expect(text).toContain(`| \`${name}\` | ${ratio} |`);
  expect(text).not.toContain('Nothing is recorded yet.');
});

test('figures are medians of the rounds that did not fail, lists are put together, what one lacks is null', () => {
  const rounds = [
    { per_s: 10, cpu_us: { worker: 5 }, ms: [1], wal_bytes: null },
    { per_s: 40, cpu_us: { worker: 7 }, ms: [3, 2], wal_bytes: 1 },
    { per_s: 20, cpu_us: { worker: 6 }, ms: [4], wal_bytes: 2 },
    {},
  ];

  expect(mediansOf(rounds)).toEqual({ per_s: 20, cpu_us: { worker: 6 }, ms: [1, 3, 2, 4], wal_bytes: null });
});

test('a ratio is the median of the ratios of the rounds, not the ratio of medians', () => {
  const rounds = {
    ours: [{ per_s: 10 }, { per_s: 60 }, { per_s: 100 }],
    theirs: [{ per_s: 20 }, { per_s: 100 }, { per_s: 100 }],
  };

  expect(ratioOf(rounds, ['ours', 'per_s'], ['theirs', 'per_s'])).toBe(0.6);
  expect(ratioOf(rounds, ['ours', 'per_s'], ['nobody', 'per_s'])).toBeNull();
});

test('the report keeps a key for what was not measured', () => {
  const { ratios, cpu_us, share } = reportOf({ loop: [{ per_s: 3_000 }] });

  expect(ratios).toMatchObject({
    pipeline_vs_sdk_loop: null,
    pipeline_vs_tutorial: null,
    intake_vs_insert: null,
    pace_used: null,
    single_p99_during_run_vs_idle: null,
    memory_1m_vs_10k: null,
    webhooks_on_vs_off: null,
    api_vs_bare: null,
    import_vs_insert: null,
    import_memory_1m_vs_10k: null,
    one_endpoint_vs_none: null,
    beside_slow_endpoint_vs_quick_alone: null,
    run_pace_used_1: null,
    run_pace_used_4: null,
  });
  expect({ cpu_us, share }).toEqual({ cpu_us: null, share: null });
});

test('two checkouts are compared by what the whole of a charge takes', () => {
  const run = (total: number) => ({
    whole: { worker: total - 300, postgres: 100, api: 100, simulator: 100, total },
    after_intake: { worker: total - 400, postgres: 100, api: 0, simulator: 100, total: total - 200 },
  });
  const { cpu_us, against, share, after_intake } = reportOf({
    charges_against: [run(2_000), run(2_200)],
    charges: [run(1_000), run(1_100)],
  });

  expect(cpu_us).toEqual({ worker: 750, postgres: 100, api: 100, simulator: 100, total: 1_050, queue: null });
  expect(against).toMatchObject({ total: 2_100 });
  expect({ share, after: after_intake.share }).toEqual({ share: 0.5, after: 0.45 });
});
