/** Which tests reach which statement and which function of the database, found by one run of all of them. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { FileSaid } from '../mutations/run-checks.ts';
import type { Found, Mutant } from './mutants.ts';
import type { Stage } from './stage.ts';
import { countingSql, functionOf } from './switch-database.ts';

/** A file, and those of its tests that reach something; null for all, where its set-up reaches it. */
export type Reaching = {
  readonly file: string;
  readonly tests: readonly string[] | null;
  readonly ms: number;
};

export type Coverage = ReadonlyMap<string, readonly Reaching[]>;

/** What starting a file costs beside its tests. */
const START_MS = 2_000;

/** Runs every integration test once. @throws Error when nothing was reached */
export async function coverStatements(found: Found, stage: Stage): Promise<Coverage> {
  const { said, reached } = await stage.runAll(countingSql(found));
  const by_key = new Map<string, Map<string, Set<string>>>();
  for (const line of reached) {
    const [path = '', test = '', key = ''] = line.split('\t');
    const file = path.slice(stage.root.length + 1);
    if (key === '' || !said.some((one) => one.file === file && one.passed)) continue;
    const files = by_key.get(key) ?? new Map<string, Set<string>>();
    files.set(file, (files.get(file) ?? new Set()).add(test));
    by_key.set(key, files);
  }
  if (by_key.size === 0) throw new Error('No test passed, or none reached a statement');
  const failed = said.filter(({ passed }) => !passed).map(({ file }) => file);
  if (failed.length > 0) process.stderr.write(`not asked, for they fail as they are: ${failed.join(' ')}\n`);
  return new Map([...by_key].map(([key, files]) => [key, reachingOf(files, said)]));
}

/** As `coverStatements`, or what it found when `path` was written, if the statements are the same as then. */
export async function keepCoverage(found: Found, stage: Stage, path: string): Promise<Coverage> {
  const of_tree = createHash('sha256').update(JSON.stringify(found)).digest('hex');
  const kept = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Kept) : null;
  if (kept?.of_tree === of_tree) return new Map(kept.reaching);
  const coverage = await coverStatements(found, stage);
  writeFileSync(path, JSON.stringify({ of_tree, reaching: [...coverage] } satisfies Kept));
  return coverage;
}

type Kept = { readonly of_tree: string; readonly reaching: [string, readonly Reaching[]][] };

/** The files for a mutant, those of the statement's own room first, and the quickest first. */
export function reachingMutant(found: Found, coverage: Coverage, mutant: Mutant): readonly Reaching[] {
  const { statement } = mutant;
  const key = typeof statement === 'number' ? String(statement) : functionOf(found, statement);
  const room = mutant.file.split('/')[2] ?? '';
  const isFar = ({ file }: Reaching) => Number(!file.startsWith(`test/integration/${room}/`));
  return [...(coverage.get(key) ?? [])].sort((a, b) => isFar(a) - isFar(b) || a.ms - b.ms);
}

function reachingOf(files: ReadonlyMap<string, ReadonlySet<string>>, said: readonly FileSaid[]): Reaching[] {
  return [...files].map(([file, tests]) => {
    const all = said.find((one) => one.file === file)?.tests ?? [];
    const isWhole = tests.has('');
    const names = new Set([...tests].map((name) => name.replaceAll(' > ', ' ')));
    const ms = all
      .filter(({ name }) => isWhole || names.has(name))
      .reduce((sum, test) => sum + test.ms, START_MS);
    return { file, tests: isWhole ? null : [...tests], ms };
  });
}
