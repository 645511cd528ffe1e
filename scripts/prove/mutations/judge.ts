/**
 * Judges mutations: each must compile, and the test that it names must pass without it and fail with it.
 *
 *   all edits fit ─▶ unchanged: compiles, every named test passes ─▶ one mutation at a time in each copy
 *
 * A test that times out, or a file that does not load, has noticed nothing.
 */

import { type Check, isOnRealServices, type Layer, layerOf, type Mutation } from './mutation.ts';
import { compilerErrors, runTests, type TestSaid } from './run-checks.ts';
import { copyTree, type TreeCopy } from './tree-copy.ts';

export type Verdict = {
  readonly name: string;
  readonly outcome:
    | 'caught'
    /** Another test noticed it than the one it names: update the list. */
    | 'caught elsewhere'
    | 'survived'
    | 'does not compile'
    | 'fails unchanged'
    | 'no such test'
    | 'did not run'
    | 'timed out';
  readonly layer: Layer;
  readonly check: Check;
  /** The reason: the failure that caught it, or the compiler's objection. */
  readonly because: string;
  readonly seconds: number;
};

export type Judging = {
  /** How many mutations to try at a time, each in a copy of its own. */
  readonly copies: number;
  readonly env: NodeJS.ProcessEnv;
  /** Where else to look for a test that notices, if the named one does not. */
  readonly elsewhere: readonly Check['project'][];
  /** Called after each mutation. */
  readonly onVerdict: (verdict: Verdict) => void;
};

/** In a report, a test that timed out has a stack that points at its definition, and no message. */
const TIMED_OUT = /^(?:Error: )?(?:STACK_TRACE_ERROR|(?:Test|Hook) timed out in)/;
const REASON_CHARS_MAX = 110;

/** Judges every mutation, in any order; returns the verdicts in the order given. */
export async function judgeMutations(mutations: readonly Mutation[], judging: Judging): Promise<Verdict[]> {
  const copies = Array.from({ length: judging.copies }, copyTree);
  try {
    const [first] = copies;
    if (first === undefined) return [];
    refuseMisfits(first, mutations);
    const before = await sayUnchanged(first, mutations, judging.env);
    const verdicts = new Map<Mutation, Verdict>();
    const left = [...mutations];
    await Promise.all(
      copies.map(async (copy) => {
        for (let next = left.shift(); next !== undefined; next = left.shift()) {
          const verdict = await judge(copy, next, before, judging);
          judging.onVerdict(verdict);
          verdicts.set(next, verdict);
        }
      }),
    );
    return mutations.flatMap((mutation) => verdicts.get(mutation) ?? []);
  } finally {
    for (const copy of copies) copy.remove();
  }
}

/** How many were caught, and how many of them by behaviour on real services. */
export function tallyOf(verdicts: readonly Verdict[]) {
  const caught = verdicts.filter(({ outcome }) => outcome === 'caught');
  const by_layer: Partial<Record<Layer, number>> = {};
  for (const { layer } of caught) by_layer[layer] = (by_layer[layer] ?? 0) + 1;
  return {
    bugs: verdicts.length,
    caught: caught.length,
    on_real_services: caught.filter(({ layer }) => isOnRealServices(layer)).length,
    by_layer,
  };
}

/** One line for each verdict, with names and layers in columns. */
export function tableOf(verdicts: readonly Verdict[]): string {
  const width = (column: (verdict: Verdict) => string) =>
    Math.max(0, ...verdicts.map((verdict) => column(verdict).length));
  const [names, outcomes, layers] = [
    width(({ name }) => name),
    width(({ outcome }) => outcome),
    width(({ layer }) => layer),
  ];
  return verdicts
    .map(({ name, outcome, layer, check, because }) => {
      const head = `${name.padEnd(names)}  ${outcome.padEnd(outcomes)}  ${layer.padEnd(layers)}`;
      const why = outcome === 'caught' ? '' : `  ${because}`;
      return `${head}  ${check.file.replace(/^test\//, '')} › ${check.test}${why}\n`;
    })
    .join('');
}

/** An edit that no longer fits tests nothing: update the list. */
function refuseMisfits(copy: TreeCopy, mutations: readonly Mutation[]): void {
  const misfits = mutations.flatMap(({ name, edits }) =>
    copy.misfits(edits).map((misfit) => `${name}: ${misfit}`),
  );
  if (misfits.length > 0) throw new Error(`Edits that do not fit exactly once:\n${misfits.join('\n')}`);
}

/** The result of every named test before anything is changed. */
async function sayUnchanged(
  { root }: TreeCopy,
  mutations: readonly Mutation[],
  env: NodeJS.ProcessEnv,
): Promise<TestSaid[]> {
  const errors = await compilerErrors(root, env);
  if (errors !== '') throw new Error(`The unchanged tree does not compile:\n${errors}`);
  const said: TestSaid[] = [];
  for (const project of new Set(mutations.map(({ check }) => check.project))) {
    const checks = mutations.map(({ check }) => check).filter((check) => check.project === project);
    const files = [...new Set(checks.map(({ file }) => file))];
    const names = [...new Set(checks.map(({ test }) => test))];
    said.push(...(await runTests(root, { project, files, names }, env)));
  }
  return said;
}

async function judge(
  copy: TreeCopy,
  mutation: Mutation,
  before: readonly TestSaid[],
  judging: Judging,
): Promise<Verdict> {
  const began_ms = performance.now();
  const { name, check } = mutation;
  const judged = (
    outcome: Verdict['outcome'],
    because = '',
    by: Pick<Check, 'project' | 'file'> = check,
  ) => ({
    name,
    outcome,
    layer: layerOf(by),
    check,
    because: because.replaceAll(/\s+/g, ' ').slice(0, REASON_CHARS_MAX),
    seconds: Math.round((performance.now() - began_ms) / 100) / 10,
  });
  const ask = async () => {
    const { project, file, test } = check;
    const said = await runTests(copy.root, { project, files: [file], names: [test] }, judging.env);
    return said.filter((one) => isAbout(check, one));
  };
  const together = before.filter((one) => isAbout(check, one));
  // Beside all the others on a busy machine it may have lacked a port or time, so we run it once more, alone.
  const unchanged = isPassed(together) ? together : await ask();
  if (unchanged.length === 0) return judged('no such test');
  if (!isPassed(unchanged)) return judged('fails unchanged', unchanged.find(isFailed)?.failure);
  const mend = copy.apply(mutation.edits);
  try {
    const isCompiled = mutation.edits.some(({ file }) => !file.endsWith('.sql'));
    const errors = isCompiled ? await compilerErrors(copy.root, judging.env) : '';
    if (errors !== '') return judged('does not compile', errors);
    const first = await ask();
    const about = first.length > 0 ? first : await ask();
    const failed = about.find(isFailed);
    if (failed !== undefined) return judged(isLate(failed) ? 'timed out' : 'caught', failed.failure);
    if (about.length === 0) return judged('did not run');
    const other = await lookElsewhere(copy, judging);
    return other === null
      ? judged('survived')
      : judged('caught elsewhere', `${other.file} › ${other.name}`, other);
  } finally {
    mend();
  }
}

/** The first test that notices, or null. */
async function lookElsewhere({ root }: TreeCopy, { elsewhere, env }: Judging) {
  for (const project of elsewhere) {
    const said = await runTests(root, { project, files: [], names: [] }, env);
    const failed = said.find((one) => isFailed(one) && !isLate(one));
    if (failed !== undefined) return { ...failed, project };
  }
  return null;
}

function isPassed(said: readonly TestSaid[]): boolean {
  return said.length > 0 && said.every(({ status }) => status === 'passed');
}

function isFailed({ status }: TestSaid): boolean {
  return status === 'failed';
}

function isLate({ failure }: TestSaid): boolean {
  return TIMED_OUT.test(failure);
}

function isAbout(check: Check, said: TestSaid): boolean {
  return said.file === check.file && said.name.includes(check.test) && said.status !== 'skipped';
}
