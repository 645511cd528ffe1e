/** A copy of the tree that can play every mutant, and the runs of vitest in it. */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type FileSaid, runFiles } from '../mutations/run-checks.ts';
import { copyTree } from '../mutations/tree-copy.ts';
import type { Found } from './mutants.ts';
import { PLAN, type Plan, type Play } from './plan.ts';
import { switchSource } from './switch-source.ts';

export type Stage = {
  readonly root: string;
  /** Runs each play's file once, from a copy of its own; in the order given, what each said, or null if it said nothing. */
  run(plays: readonly (Play & { readonly file: string })[]): Promise<(FileSaid | null)[]>;
  /** Runs every file once, and returns beside what they said the lines of what was reached. */
  runAll(counting: string): Promise<{ readonly said: FileSaid[]; readonly reached: string[] }>;
  remove(): void;
};

const CONFIG = 'predicates.config.ts';

export function openStage(found: Found, env: NodeJS.ProcessEnv): Stage {
  const copy = copyTree();
  const { root, remove } = copy;
  for (const file of new Set(found.statements.map(({ file }) => file))) {
    const path = join(root, file);
    writeFileSync(path, switchSource(readFileSync(path, 'utf8'), file, found));
  }
  const asked = async (plan: Plan, files: readonly string[], more: NodeJS.ProcessEnv = {}) => {
    const path = join(root, 'plan.json');
    writeFileSync(path, JSON.stringify(plan));
    return runFiles(root, ['--config', CONFIG, ...files], { ...env, ...more, [PLAN]: path });
  };
  return {
    root,
    remove,
    async run(plays) {
      const copies = plays.map(({ file }, number) => file.replace(/\.test\.(tsx?)$/, `.${number}.test.$1`));
      plays.forEach(({ file }, number) => {
        copyFileSync(join(root, file), join(root, copies[number] ?? ''));
      });
      try {
        const said = await asked({ plays, counting: null }, copies);
        return copies.map((name) => said.find(({ file }) => file === name) ?? null);
      } finally {
        for (const name of copies) rmSync(join(root, name), { force: true });
      }
    },
    async runAll(counting) {
      const folder = join(root, '.reached');
      mkdirSync(folder);
      const hook = new URL('../reached.mjs', import.meta.url).href;
      const said = await asked({ plays: [], counting }, [], {
        NODE_OPTIONS: `${env.NODE_OPTIONS ?? ''} --import ${hook}`.trim(),
        REACHED_FOLDER: folder,
      });
      return { said, reached: linesIn(folder) };
    },
  };
}

function linesIn(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'));
}
