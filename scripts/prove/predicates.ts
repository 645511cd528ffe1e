/**
 * `npm run test:predicates [-- --only <part of a path>]... [--json]`: takes one predicate at a time out of the
 * statements of `src/store` and of the functions and triggers of the database, in a copy of the tree, and expects an
 * integration test to notice. What nobody notices is either a test that is missing or explained in
 * `predicates/explained.ts`. Prints each verdict as it falls; exits 1 if one survived unexplained.
 *
 * It first runs all integration tests once to learn which of them reach which statement, and it uses real services: one
 * embedded Postgres, or TEST_DATABASE_URL.
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startEmbeddedPostgres } from '../../sandbox/postgres.ts';
import { copyTree } from './mutations/tree-copy.ts';
import { coverStatements } from './predicates/coverage.ts';
import { explanationOf } from './predicates/explained.ts';
import { filesFor, type Judged, judgeMutant } from './predicates/judge-mutants.ts';
import { findMutants } from './predicates/mutants.ts';

const COPIES = 2;
const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [''] },
    json: { type: 'boolean', default: false },
  },
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

const given = process.env.TEST_DATABASE_URL;
const postgres = given ? null : await startEmbeddedPostgres({ durable: false, log: () => {} });
try {
  const judged = await judgeAll({ ...process.env, TEST_DATABASE_URL: postgres?.url ?? given });
  tell(judged);
} finally {
  await postgres?.stop();
}

async function judgeAll(env: NodeJS.ProcessEnv): Promise<Judged[]> {
  const found = findMutants(ROOT);
  const coverage = await coverStatements(found, env);
  const left = found.mutants.filter(({ file }) => values.only.some((part) => file.includes(part)));
  const judged: Judged[] = [];
  const copies = Array.from({ length: COPIES }, copyTree);
  try {
    await Promise.all(
      copies.map(async (copy) => {
        for (let next = left.shift(); next !== undefined; next = left.shift()) {
          const one = await judgeMutant(copy, next, filesFor(next, found, coverage, ROOT), env);
          process.stderr.write(
            `${one.outcome}: ${one.file}:${one.line}  ${one.predicate}  ${one.by ?? ''}\n`,
          );
          judged.push(one);
        }
      }),
    );
  } finally {
    for (const copy of copies) copy.remove();
  }
  return judged;
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
    hung: count('hung'),
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
