/** Which tests start processes, and that each of them is left to the whole run or known to be worth its time. */
import { posix } from 'node:path';
import type { SourceFile } from './source-tree.ts';

/** In `npm test` all the same, for what only they show to whoever has just cloned this. */
const SHOWN: Readonly<Record<string, string>> = {
  'test/browser/pay-at-bank.test.ts': 'a customer follows the mail and pays at the bank, in a real browser',
  'test/contract/by-hand.test.ts': 'README’s walk by hand prints what it says',
  'test/contract/outside/outside-charges.test.ts':
    'charges from POST to their end, on one PaymentIntent each',
  'test/contract/outside/outside-recovery.test.ts': 'customers are brought back by mail, page and bank',
  'test/simulator/independence.test.ts': 'the simulator runs without a line of ours',
};

const STARTS =
  /^(?:node:child_process|test\/harness\/children\.ts|sandbox\/(?:node-process|start-sandbox)\.ts)$/;
/** A unit test starts a line of Node at most. */
const TEST = /^test\/(?!unit\/).*\.test\.tsx?$/;
const IMPORT = /^(?:import|export) (?!type\b)[^;]*?from '(?<from>[^']+)';$/gms;

/** One line for each test that starts processes and is neither, and for each that is listed and is no more. */
export function processTestErrors(files: readonly SourceFile[], wholeFiles: readonly string[]): string[] {
  const isWhole = (path: string) =>
    wholeFiles.some((whole) => path === whole || (whole.endsWith('/') && path.startsWith(whole)));
  const paths = files.map(({ path }) => path);
  const stale = [...wholeFiles, ...Object.keys(SHOWN)].filter(
    (listed) => !paths.some((path) => path === listed || (listed.endsWith('/') && path.startsWith(listed))),
  );
  const twice = Object.keys(SHOWN).filter(isWhole);
  return [
    ...testsWithProcesses(files)
      .filter((path) => !isWhole(path) && !(path in SHOWN))
      .map((path) => `${path}: starts processes, leave it to the whole run (wholeFiles in vitest.config.ts)`),
    ...stale.map((listed) => `${listed}: listed, and not there`),
    ...twice.map((path) => `${path}: left to the whole run, and not`),
  ];
}

/** Told by what they import, through whatever else is a test's own. */
function testsWithProcesses(files: readonly SourceFile[]): string[] {
  const texts = new Map(files.map(({ path, text }) => [path, text]));
  const known = new Map<string, boolean>();
  const starts = (path: string): boolean => {
    const answer = known.get(path);
    if (answer !== undefined) return answer;
    // Until it is known: files may import each other in a circle.
    known.set(path, false);
    const imported = [...(texts.get(path) ?? '').matchAll(IMPORT)].map(({ groups }) => {
      const from = groups?.from ?? '';
      return from.startsWith('.') ? posix.join(posix.dirname(path), from) : from;
    });
    const isStarting = imported.some(
      (target) =>
        STARTS.test(target) ||
        (/^(?:test|bench)\//.test(target) && !target.startsWith('test/harness/services/') && starts(target)),
    );
    known.set(path, isStarting);
    return isStarting;
  };
  return [...texts.keys()].filter((path) => TEST.test(path) && starts(path));
}
