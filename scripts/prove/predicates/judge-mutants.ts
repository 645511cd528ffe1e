/** Runs the tests that reach a mutant's statement, the quickest first, until one notices. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runTests } from '../mutations/run-checks.ts';
import type { TreeCopy } from '../mutations/tree-copy.ts';
import type { Coverage } from './coverage.ts';
import type { Found, Mutant } from './mutants.ts';

export type Judged = Mutant & {
  readonly outcome:
    | 'caught'
    /** No test that reaches it notices. */
    | 'survived'
    /** No test reaches its statement. */
    | 'unreached'
    /** The tests did not end: something waits for ever for what this predicate lets through. */
    | 'hung';
  /** The test that noticed. */
  readonly by: string | null;
};

/** Most mutants are noticed by one of the first. */
const FIRST_FILES = 5;

export async function judgeMutant(
  copy: TreeCopy,
  mutant: Mutant,
  files: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<Judged> {
  if (files.length === 0) return { ...mutant, outcome: 'unreached', by: null };
  const path = join(copy.root, mutant.file);
  const source = readFileSync(path, 'utf8');
  writeFileSync(path, source.slice(0, mutant.start) + mutant.replace + source.slice(mutant.end));
  try {
    for (const some of [files.slice(0, FIRST_FILES), files.slice(FIRST_FILES)]) {
      if (some.length === 0) continue;
      const said = await runTests(
        copy.root,
        { project: 'integration-postgres', files: some, names: [] },
        env,
      );
      if (said.length === 0) return { ...mutant, outcome: 'hung', by: null };
      const failed = said.find(({ status }) => status === 'failed');
      if (failed !== undefined)
        return { ...mutant, outcome: 'caught', by: `${failed.file} › ${failed.name}` };
    }
    return { ...mutant, outcome: 'survived', by: null };
  } finally {
    writeFileSync(path, source);
  }
}

/**
 * The test files for a mutant: those that reach its statement. A function is reached by every statement that names it,
 * or that reaches a function or table of which it is the trigger; where nothing names it, by all. Tests of the
 * statement's own room come first.
 */
export function filesFor(mutant: Mutant, found: Found, coverage: Coverage, root: string): readonly string[] {
  const { statement } = mutant;
  if (typeof statement === 'number') {
    const room = mutant.file.split('/')[2] ?? '';
    const reaching = coverage.by_statement[statement] ?? [];
    const isNear = (file: string) => file.startsWith(`test/integration/${room}/`);
    return [...reaching.filter(isNear), ...reaching.filter((file) => !isNear(file))];
  }
  const naming = found.statements.filter(({ file, start, end }) =>
    readFileSync(join(root, file), 'utf8').slice(start, end).includes(`${statement}(`),
  );
  const reaching = new Set(naming.flatMap(({ number }) => coverage.by_statement[number] ?? []));
  return reaching.size === 0 ? coverage.files : coverage.files.filter((file) => reaching.has(file));
}
