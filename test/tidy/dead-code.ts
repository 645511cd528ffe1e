/** What nobody calls and what nobody reaches. */
import { posix } from 'node:path';
import type { SourceFile } from './source-tree.ts';

/** Started by a command, by vitest or by drizzle-kit; what they export, if anything, is read by whoever starts them. */
const ENTRY_POINT =
  /^(?:src\/server\.ts|workers\/main\.ts|sandbox\/main\.ts|simulator\/cli\.ts|clients\/[^/]+\/src\/client\.ts|(?:bench|examples|scripts(?:\/(?:operate|prove|generate))?)\/[^/]+\.(?:ts|mjs)|test\/(?:global-setup|predicates-runner)\.ts|test\/.*\.test\.tsx?|[^/]+)$/;

/** drizzle-kit reads every table, whether or not a statement names its type. */
const READ_BY_TOOLS = /^src\/store\/schema\//;

/** Called by nothing of ours, and why it stays. */
const KEPT: Readonly<Record<string, string>> = {
  'src/platform/config.ts VARIABLES': 'a test compares them with .env.example',
  'src/platform/log-events.ts LOG_EVENTS': 'a test compares them with the table in ARCHITECTURE.md',
  'src/domain/machines.ts mayMove': 'the tests of decisions hold every plan against it',
};

const SHIPPED = /^(?:src|workers)\//;
const EXPORT = /^export (?:async )?(function\*?|const|class|type|interface) (\w+)/gm;
const NAMED = /\b(?:import|export)\s+(?:type\s+)?\{([^}]*)\}\s*from\s*['"](\.[^'"]+)['"]/g;
const WHOLE =
  /\bimport\(\s*['"](\.[^'"]+)['"]\s*\)|\bimport\s+\*\s+as\s+\w+\s+from\s*['"](\.[^'"]+)['"]|\bimport\s*['"](\.[^'"]+)['"]/g;

/**
 * One line for each export that nothing imports. Code that only its own test calls is dead: in
 * `src` and `workers` a test is no use, unless the file itself uses what the test looks at.
 */
export function deadExports(files: readonly SourceFile[]): string[] {
  const uses = files.flatMap((file) => usesOf(file));
  return files.flatMap(({ path, text }) => {
    if (ENTRY_POINT.test(path) || READ_BY_TOOLS.test(path)) return [];
    const toHere = uses.filter((use) => use.target === path);
    const names = (callers: readonly Use[]) => new Set(callers.flatMap((use) => use.names));
    const imported = names(toHere);
    const called = names(toHere.filter((use) => !(SHIPPED.test(path) && use.from.startsWith('test/'))));
    if (called.has('*')) return [];
    return [...text.matchAll(EXPORT)].flatMap(([, kind = '', name = '']) => {
      if (called.has(name) || `${path} ${name}` in KEPT) return [];
      const isUsedAtHome = (text.match(new RegExp(`\\b${name}\\b`, 'g')) ?? []).length > 1;
      if (!isUsedAtHome) return [`${path}: nothing calls ${name}`];
      // A type may be exported for what is written with it: answers and options carry theirs.
      const mayStay = imported.has(name) || kind === 'type' || kind === 'interface';
      return mayStay ? [] : [`${path}: nothing imports ${name}, do not export it`];
    });
  });
}

/** One line for each file that no entry point leads to; a test leads only to what is a test's own. */
export function unreachableFiles(files: readonly SourceFile[]): string[] {
  const targets = new Map(files.map((file) => [file.path, usesOf(file).map((use) => use.target)]));
  const reached = new Set(files.map(({ path }) => path).filter((path) => ENTRY_POINT.test(path)));
  for (const path of reached) {
    for (const target of targets.get(path) ?? []) {
      if (!(SHIPPED.test(target) && path.startsWith('test/'))) reached.add(target);
    }
  }
  return files
    .filter(({ path }) => !reached.has(path) && !READ_BY_TOOLS.test(path))
    .map(({ path }) => `${path}: no entry point leads here`);
}

interface Use {
  readonly from: string;
  readonly target: string;
  /** `*` for the whole file. */
  readonly names: readonly string[];
}

function usesOf({ path, text }: SourceFile): Use[] {
  const resolve = (specifier: string) => posix.normalize(posix.join(posix.dirname(path), specifier));
  const named = [...text.matchAll(NAMED)].map((match) => ({
    from: path,
    target: resolve(match[2] ?? ''),
    names: (match[1] ?? '').split(',').map((part) =>
      part
        .trim()
        .replace(/^type /, '')
        .replace(/ as .*$/, ''),
    ),
  }));
  const whole = [...text.matchAll(WHOLE)].map((match) => ({
    from: path,
    target: resolve(match[1] ?? match[2] ?? match[3] ?? ''),
    names: ['*'],
  }));
  return [...named, ...whole];
}

/** One line for each name that two files of `src` and `workers` export: a reader must not have to ask which. */
export function nameErrors(files: readonly SourceFile[]): string[] {
  const homes = new Map<string, string[]>();
  for (const { path, text } of files.filter((file) => SHIPPED.test(file.path)))
    for (const [, , name = ''] of text.matchAll(EXPORT)) homes.set(name, [...(homes.get(name) ?? []), path]);
  return [...homes].flatMap(([name, paths]) =>
    paths.length > 1 ? [`${name} stands in ${paths.join(' and ')}`] : [],
  );
}
