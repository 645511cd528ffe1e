/** Which test files reach which statement, found by one run of all of them over a copy that tells. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Timed, timeFiles } from '../mutations/run-checks.ts';
import { copyTree } from '../mutations/tree-copy.ts';
import type { Found, Statement } from './mutants.ts';

export type Coverage = {
  /** The test files that passed, the quickest first. */
  readonly files: readonly string[];
  /** Those of them that reach the statement of this number. */
  readonly by_statement: readonly (readonly string[])[];
};

/** Runs every integration test once. @throws Error when nothing was reached */
export async function coverStatements({ statements }: Found, env: NodeJS.ProcessEnv): Promise<Coverage> {
  const copy = copyTree();
  const folder = join(copy.root, '.reached');
  mkdirSync(folder);
  try {
    for (const file of new Set(statements.map(({ file }) => file))) {
      const path = join(copy.root, file);
      const own = statements.filter((one) => one.file === file);
      writeFileSync(path, telling(readFileSync(path, 'utf8'), own));
    }
    const hook = new URL('../reached.mjs', import.meta.url).href;
    const options = `${env.NODE_OPTIONS ?? ''} --import ${hook}`.trim();
    const timed = await timeFiles(copy.root, 'integration-postgres', {
      ...env,
      NODE_OPTIONS: options,
      REACHED_FOLDER: folder,
    });
    return coverageOf(timed, statements.length, readReached(folder, copy.root));
  } finally {
    rmSync(folder, { recursive: true, force: true });
    copy.remove();
  }
}

/** The source, in which every statement tells its number when it is made. From the end, so that offsets stay true. */
function telling(source: string, statements: readonly Statement[]): string {
  const marks = statements.flatMap(({ number, start, end }) => [
    { at: end, text: ')' },
    { at: start, text: `((globalThis as any).reached?.(${number}), ` },
  ]);
  return marks
    .map((mark, order) => ({ ...mark, order }))
    .sort((a, b) => b.at - a.at || a.order - b.order)
    .reduce((text, { at, text: put }) => text.slice(0, at) + put + text.slice(at), source);
}

function readReached(folder: string, root: string): Map<number, Set<string>> {
  const reached = new Map<number, Set<string>>();
  for (const name of readdirSync(folder)) {
    for (const line of readFileSync(join(folder, name), 'utf8').split('\n')) {
      const [file = '', statement = ''] = line.split('\t');
      if (file === '') continue;
      const files = reached.get(Number(statement)) ?? new Set();
      reached.set(Number(statement), files.add(file.slice(root.length + 1)));
    }
  }
  return reached;
}

function coverageOf(timed: readonly Timed[], count: number, reached: Map<number, Set<string>>): Coverage {
  const files = timed
    .filter(({ passed }) => passed)
    .sort((a, b) => a.ms - b.ms)
    .map(({ file }) => file);
  if (files.length === 0 || reached.size === 0)
    throw new Error('No test passed, or none reached a statement');
  const by_statement = Array.from({ length: count }, (_, number) =>
    files.filter((file) => reached.get(number)?.has(file)),
  );
  return { files, by_statement };
}
