/**
 * `npm run test:predicates [-- --only <part of a path>]... [--verdicts <file>] [--json]`: takes one predicate at a time out
 * of the statements of `src/store` and of the functions and triggers of the database, in a copy of the tree, and expects an
 * integration test to notice. What nobody notices is either a test that is missing or explained in
 * `predicates/explained.ts`. Prints each verdict as it falls; exits 1 if one survived unexplained. With `--verdicts`
 * it keeps them in a file, a line of JSON each, and goes on from there the next time.
 *
 * It first runs all integration tests once to learn which of them reach which statement (kept beside the verdicts, for as
 * long as the statements stay as they are), and it uses real services: one embedded Postgres, or TEST_DATABASE_URL.
 */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startEmbeddedPostgres } from '../../sandbox/postgres.ts';
import { coverStatements, keepCoverage, reachingMutant } from './predicates/coverage.ts';
import { explanationOf } from './predicates/explained.ts';
import { type Judged, judgeMutants } from './predicates/judge-mutants.ts';
import { type Found, findMutants } from './predicates/mutants.ts';
import { openStage } from './predicates/stage.ts';
import { breakingSql } from './predicates/switch-database.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [''] },
    verdicts: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

const given = process.env.TEST_DATABASE_URL;
const postgres = given ? null : await startEmbeddedPostgres({ durable: false, log: () => {} });
try {
  const found = findMutants(ROOT);
  const judged = keptVerdicts(found);
  await judgeAll(found, judged, { ...process.env, TEST_DATABASE_URL: postgres?.url ?? given });
  tell(judged);
} finally {
  await postgres?.stop();
}

/** Adds the verdicts on what was not judged before. */
async function judgeAll(found: Found, judged: Judged[], env: NodeJS.ProcessEnv): Promise<void> {
  const done = new Set(judged.map(keyOf));
  const stage = openStage(found, env);
  try {
    const coverage = values.verdicts
      ? await keepCoverage(found, stage, `${values.verdicts}.coverage`)
      : await coverStatements(found, stage);
    const suspects = found.mutants.flatMap((mutant, number) => {
      const isAsked = values.only.some((part) => mutant.file.includes(part));
      if (!isAsked || done.has(keyOf(mutant))) return [];
      const sql = breakingSql(found, mutant);
      return { mutant, number, sql, reaching: reachingMutant(found, coverage, mutant) };
    });
    await judgeMutants(stage, suspects, (one) => {
      process.stderr.write(`${one.outcome}: ${nameOf(one)}  ${one.by ?? ''}\n`);
      if (values.verdicts) appendFileSync(values.verdicts, `${JSON.stringify(one)}\n`);
      judged.push(one);
    });
  } finally {
    stage.remove();
  }
}

/** Those on predicates that still stand where they stood. */
function keptVerdicts({ mutants }: Found): Judged[] {
  if (!values.verdicts || !existsSync(values.verdicts)) return [];
  const still = new Set(mutants.map(keyOf));
  const lines = readFileSync(values.verdicts, 'utf8').split('\n');
  const kept = lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Judged);
  return kept.filter((one) => still.has(keyOf(one)));
}

function keyOf({ file, start, predicate }: Pick<Judged, 'file' | 'start' | 'predicate'>): string {
  return `${file} ${start} ${predicate}`;
}

function nameOf({ file, line, predicate }: Pick<Judged, 'file' | 'line' | 'predicate'>): string {
  return `${file}:${line}  ${predicate}`;
}

function tell(judged: readonly Judged[]): void {
  const count = (outcome: Judged['outcome']) => judged.filter((one) => one.outcome === outcome).length;
  const left = judged.filter(({ outcome }) => outcome !== 'caught');
  const unexplained = left.filter((one) => explanationOf(one) === null);
  const tally = {
    mutants: judged.length,
    caught: count('caught'),
    survived: count('survived'),
    unreached: count('unreached'),
    unexplained: unexplained.length,
  };
  const lines = left
    .map((one) => ({ ...one, because: explanationOf(one) }))
    .sort((a, b) => a.file.localeCompare(b.file) || a.line - b.line)
    .map(({ file, line, predicate, outcome, because }) => ({ file, line, predicate, outcome, because }));
  const text = lines.map(
    (one) => `${one.outcome}  ${one.file}:${one.line}  ${one.predicate}  ${one.because ?? ''}`,
  );
  process.stdout.write(
    values.json
      ? `${JSON.stringify({ ...tally, left: lines })}\n`
      : `${[...text, JSON.stringify(tally)].join('\n')}\n`,
  );
  process.exitCode = judged.length > 0 && unexplained.length === 0 ? 0 : 1;
}
