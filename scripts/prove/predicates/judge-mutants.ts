/**
 * Runs the tests that reach each mutant until one notices: of every mutant the first file, then of what is left the next
 * two, the next four, and so on.
 */
import type { Reaching } from './coverage.ts';
import type { Mutant } from './mutants.ts';
import type { Stage } from './stage.ts';

export type Judged = Pick<Mutant, 'file' | 'line' | 'start' | 'predicate'> & {
  readonly outcome:
    | 'caught'
    /** No test that reaches it notices. */
    | 'survived'
    /** No test reaches its statement. */
    | 'unreached';
  /** The test that noticed. */
  readonly by: string | null;
};

/** `number` is its index in `Found.mutants`; `sql` breaks the database. */
export type Suspect = {
  readonly mutant: Mutant;
  readonly number: number;
  readonly sql: string | null;
  readonly reaching: readonly Reaching[];
};

/** Files of one start of vitest: what it costs is spread over them, and little is lost if it fails. */
const RUN_FILES_MAX = 120;

export async function judgeMutants(
  stage: Stage,
  suspects: readonly Suspect[],
  onJudged: (judged: Judged) => void,
): Promise<void> {
  const trust = createTrust();
  const judged = (
    { mutant: { file, line, start, predicate } }: Suspect,
    outcome: Judged['outcome'],
    by: string | null = null,
  ) => onJudged({ file, line, start, predicate, outcome, by });
  let left = suspects.map((suspect) => ({ suspect, asked: 0 }));
  for (let files = 1; left.length > 0; files *= 2) {
    const next: typeof left = [];
    for (const some of chunksOf(left, Math.max(1, Math.floor(RUN_FILES_MAX / files)))) {
      const asking = some.map(({ suspect, asked }) => ({
        suspect,
        asked: asked + files,
        files: suspect.reaching.slice(asked, asked + files).map(trust.tested),
      }));
      const noticed = await whoNotices(stage, asking, trust);
      for (const { suspect, asked } of asking) {
        const by = noticed.get(suspect);
        if (by !== undefined) judged(suspect, 'caught', by);
        else if (suspect.reaching.length === 0) judged(suspect, 'unreached');
        else if (asked >= suspect.reaching.length) judged(suspect, 'survived');
        else next.push({ suspect, asked });
      }
    }
    left = next;
  }
}

type Asking = { readonly suspect: Suspect; readonly files: readonly Reaching[] };

/** Each mutant that some test notices which passes without it. */
async function whoNotices(
  stage: Stage,
  asking: readonly Asking[],
  trust: Trust,
): Promise<ReadonlyMap<Suspect, string>> {
  await trust.tryAlone(
    stage,
    asking.flatMap(({ files }) => files),
  );
  const plays = asking.flatMap(({ suspect, files }) =>
    files.map((one) => ({ suspect, ...trust.tested(one), mutant: suspect.number, sql: suspect.sql })),
  );
  const said = await stage.run(plays);
  const noticed = new Map<Suspect, string>();
  plays.forEach(({ suspect, file }, at) => {
    const one = said[at];
    if (one === null || one === undefined) throw new Error(`vitest said nothing of ${file}`);
    const test = one.tests.find(({ status }) => status === 'failed')?.name ?? '(its set-up)';
    if (!one.passed && !noticed.has(suspect)) noticed.set(suspect, `${file} › ${test}`);
  });
  return noticed;
}

type Trust = {
  /** The part of a file that passes by itself: what was asked for, or else all of it. */
  tested(one: Reaching): Reaching;
  /** Runs what was never run without a mutant: a test may need those before it. */
  tryAlone(stage: Stage, asked: readonly Reaching[]): Promise<void>;
};

function createTrust(): Trust {
  const passes = new Map<string, boolean>();
  const keyOf = ({ file, tests }: Reaching) => `${file}\t${tests?.join('\t') ?? ''}`;
  const tested = (one: Reaching) => (passes.get(keyOf(one)) === false ? { ...one, tests: null } : one);
  return {
    tested,
    async tryAlone(stage, asked) {
      const untried = new Map(
        asked.filter((one) => one.tests !== null && !passes.has(keyOf(one))).map((one) => [keyOf(one), one]),
      );
      if (untried.size === 0) return;
      const plays = [...untried.values()].map(({ file, tests }) => ({
        file,
        tests,
        mutant: null,
        sql: null,
      }));
      const said = await stage.run(plays);
      [...untried.keys()].forEach((key, at) => {
        passes.set(key, said[at]?.passed ?? false);
      });
    },
  };
}

function chunksOf<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, n) => all.slice(n * size, (n + 1) * size));
}
