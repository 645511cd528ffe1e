/** Runs chaos on a broken copy of the tree, to see whether the harness, which knows nothing of the bug, finds it. */
import { spawn } from 'node:child_process';
import type { Mutation } from './mutation.ts';
import { copyTree, type TreeCopy } from './tree-copy.ts';

export type ChaosVerdict = {
  readonly name: string;
  readonly outcome: 'caught' | 'survived' | 'does not compile';
  /** The broken invariants and how often each was, as the report of the schedules has them. */
  readonly because: string;
  readonly seconds: number;
};

/** `schedules` of seed 1 against each mutation, one after another, on the Postgres backend. */
export async function playChaos(
  mutations: readonly Mutation[],
  schedules: number,
  onVerdict: (verdict: ChaosVerdict) => void,
): Promise<ChaosVerdict[]> {
  const copy = copyTree();
  const verdicts: ChaosVerdict[] = [];
  try {
    for (const mutation of mutations) {
      const verdict = await play(copy, mutation, schedules);
      onVerdict(verdict);
      verdicts.push(verdict);
    }
  } finally {
    copy.remove();
  }
  return verdicts;
}

async function play(copy: TreeCopy, { name, edits }: Mutation, schedules: number): Promise<ChaosVerdict> {
  const began_ms = performance.now();
  const misfits = copy.misfits(edits);
  if (misfits.length > 0) throw new Error(misfits.join('\n'));
  const mend = copy.apply(edits);
  const judged = (outcome: ChaosVerdict['outcome'], because: string) => ({
    name,
    outcome,
    because,
    seconds: Math.round((performance.now() - began_ms) / 1_000),
  });
  try {
    const compiled = await run(copy.root, ['node_modules/typescript/bin/tsc', '--noEmit']);
    if (compiled.code !== 0) return judged('does not compile', compiled.said.slice(0, 200));
    await run(copy.root, ['--import', 'tsx', 'scripts/build.ts']);
    const dealt = ['--backend', 'postgres', '--seed', '1', '--schedules', String(schedules)];
    const { code, said } = await run(copy.root, ['--import', 'tsx', 'scripts/prove/chaos.ts', ...dealt]);
    return judged(code === 0 ? 'survived' : 'caught', brokenIn(said));
  } finally {
    mend();
  }
}

const BREACH = /^ {2}(I-[\d,a-z-]+) (\w+):/gm;

function brokenIn(said: string): string {
  const times = new Map<string, number>();
  for (const [, invariant, harm] of said.matchAll(BREACH)) {
    const which = `${invariant} ${harm}`;
    times.set(which, (times.get(which) ?? 0) + 1);
  }
  return [...times].map(([which, count]) => `${which} × ${count}`).join(', ');
}

function run(cwd: string, args: readonly string[]): Promise<{ code: number | null; said: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        said += chunk.toString();
      });
    }
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, said }));
  });
}
