/**
 * `npm run test:bugs [-- --only <part of a name>]... [--layer <layer>] [--verdicts <file>] [--json]`: puts one deliberate
 * bug into our code at a time, in a copy of the tree, and expects the test that it names to notice. Each bug must compile,
 * and its test must pass without it in the same run. Prints which layer caught which bug; exits 1 if one survived. With
 * `--verdicts` it keeps what was caught in a file, a line of JSON each, and goes on from there the next time, unless a file
 * that the bug edits, or its test, is another one now.
 *
 * `--chaos N` runs N schedules of the chaos harness on each bug instead, and prints which invariants they find broken.
 *
 * It uses real services: one embedded Postgres, or TEST_DATABASE_URL.
 */
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { startEmbeddedPostgres } from '../../sandbox/postgres.ts';
import { wholeNumber } from '../whole-number.ts';
import { judgeMutations, tableOf, tallyOf, type Verdict } from './mutations/judge.ts';
import { layerOf, type Mutation } from './mutations/mutation.ts';
import { type ChaosVerdict, playChaos } from './mutations/play-chaos.ts';
import { bugs } from './seeded-bugs/bugs.ts';

const COPIES = 2;

type Tally = ReturnType<typeof tallyOf> & { readonly seconds: number };

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [''] },
    layer: { type: 'string' },
    verdicts: { type: 'string' },
    chaos: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const chosen = bugs.filter(
  ({ name, check }) =>
    values.only.some((part) => name.includes(part)) && layerOf(check) === (values.layer ?? layerOf(check)),
);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

if (values.chaos === undefined) await judge();
else await play(wholeNumber('chaos', values.chaos));

/** Judges each bug by the test that it names. */
async function judge(): Promise<void> {
  const began_ms = performance.now();
  const kept = keptVerdicts(chosen);
  const judged = await judgeAll(chosen.filter(({ name }) => !kept.has(name)));
  const verdicts = [...kept.values(), ...judged];
  const tally = { ...tallyOf(verdicts), seconds: Math.round((performance.now() - began_ms) / 1_000) };
  process.stdout.write(
    values.json ? `${JSON.stringify({ ...tally, verdicts })}\n` : summary(verdicts, tally),
  );
  process.exitCode = tally.caught === chosen.length && tally.caught > 0 ? 0 : 1;
}

/** Judges each bug by chaos schedules, which aim at no bug in particular. */
async function play(schedules: number): Promise<void> {
  const verdicts = await playChaos(chosen, schedules, tell);
  const caught = verdicts.filter(({ outcome }) => outcome === 'caught').length;
  const text = values.json
    ? JSON.stringify({ bugs: chosen.length, caught, verdicts })
    : `${caught} of ${chosen.length} bugs caught by ${schedules} schedules each`;
  process.stdout.write(`${text}\n`);
  process.exitCode = caught === chosen.length && caught > 0 ? 0 : 1;
}

async function judgeAll(mutations: readonly Mutation[]): Promise<Verdict[]> {
  if (mutations.length === 0) return [];
  const given = process.env.TEST_DATABASE_URL;
  const needsServices = mutations.some(({ check }) => check.project === 'integration-postgres');
  const postgres =
    given || !needsServices ? null : await startEmbeddedPostgres({ durable: false, log: () => {} });
  const env = { ...process.env, TEST_DATABASE_URL: postgres?.url ?? given };
  try {
    return await judgeMutations(mutations, {
      copies: COPIES,
      env,
      elsewhere: ['unit', 'integration-postgres'],
      onVerdict: (verdict) => {
        tell(verdict);
        const bug = mutations.find(({ name }) => name === verdict.name);
        if (values.verdicts !== undefined && bug !== undefined && verdict.outcome === 'caught')
          appendFileSync(values.verdicts, `${JSON.stringify({ of: stateOf(bug), verdict })}\n`);
      },
    });
  } finally {
    await postgres?.stop();
  }
}

/** What was caught before, by name. */
function keptVerdicts(mutations: readonly Mutation[]): ReadonlyMap<string, Verdict> {
  const { verdicts: path } = values;
  const lines = path === undefined || !existsSync(path) ? [] : readFileSync(path, 'utf8').split('\n');
  const states = new Set(mutations.map(stateOf));
  return new Map(
    lines
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as { of: string; verdict: Verdict })
      .filter(({ of }) => states.has(of))
      .map(({ verdict }) => [verdict.name, verdict]),
  );
}

/** What a verdict on a bug rests on first of all: the bug, the files that it edits, and its test. */
function stateOf({ name, edits, check }: Mutation): string {
  const files = [...new Set([...edits.map(({ file }) => file), check.file])];
  const texts = files.map((file) => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8'));
  return createHash('sha256').update(JSON.stringify({ name, edits, check, texts })).digest('hex');
}

function tell({
  name,
  outcome,
  because,
  seconds,
}: Omit<ChaosVerdict, 'outcome'> & { outcome: string }): void {
  process.stderr.write(`${seconds.toFixed(1).padStart(6)}s  ${outcome}: ${name}  ${because}\n`);
}

function summary(all: readonly Verdict[], tally: Tally): string {
  const layers = Object.entries(tally.by_layer).map(([layer, count]) => `${layer} ${count}`);
  return (
    `${tableOf(all)}\n${tally.caught} of ${tally.bugs} bugs caught (${layers.join(', ')}), ` +
    `${tally.on_real_services} by behaviour on real services, in ${tally.seconds} s\n`
  );
}
