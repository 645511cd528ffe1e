/**
 * `npm run test:bugs [-- --only <part of a name>]... [--layer <layer>] [--json]`: puts one deliberate bug into our
 * code at a time, in a copy of the tree, and expects the test that it names to notice. Each bug must compile, and its
 * test must pass without it in the same run. Prints which layer caught which bug; exits 1 if one survived.
 *
 * `--chaos N` runs N schedules of the chaos harness on each bug instead, and prints which invariants they find broken.
 *
 * It uses real services: one embedded Postgres, or TEST_DATABASE_URL.
 */
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
  const verdicts = await judgeAll(chosen);
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
      onVerdict: tell,
    });
  } finally {
    await postgres?.stop();
  }
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
