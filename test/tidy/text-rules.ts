/** Sizes, names and words that a file may not have. */
import { posix } from 'node:path';
import type { SourceFile } from './source-tree.ts';

const FILE_LINES_MAX = 300;
const FUNCTION_LINES_MAX = 60;
const FOLDER_FILES_MAX = 20;

/** Where a folder of more files is a warehouse: what belongs together gets a room. */
const IN_ROOMS = /^(?:src|workers|test|scripts)\b/;

const FORBIDDEN_NAME = /^(?:utils?|helpers?|common|manager|service|misc|types)$/;

/** Entry points, where the environment is handed to `loadConfig`. */
const READS_ENVIRONMENT =
  /^(?:src\/platform\/config\.ts|src\/server\.ts|workers\/main\.ts|(?:scripts|sandbox|test|bench|examples)\/.*|[^/]+)$/;

/** Vitest and drizzle-kit load these by their default export. */
const DEFAULT_EXPORT_WANTED = /^(?:[^/]+\.config\.ts|test\/(?:global-setup|predicates-runner)\.ts)$/;

// Written apart, so that this file does not accuse itself.
const UNFINISHED = new RegExp(
  `\\b(?:${['TO', 'FIX'].map((word) => word + (word === 'TO' ? 'DO' : 'ME')).join('|')})\\b`,
);
const FOCUSED = new RegExp(`\\b(?:test|it|describe|suite)\\.${'only'}\\b`);
const CLOCK_OR_CHANCE = /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\brandomUUID\b|\bperformance\.now\b/;

/** A span that was measured, below a figure: true of a machine that has nothing else to do. */
const ABSOLUTE_TIME =
  /\bexpect\((?=[^;]*(?:_m?s\b|elapsed|performance\.now|Date\.now))[^;]*?\.toBeLessThan(?:OrEqual)?\((?:[\d_.]|\b[A-Z][A-Z_\d]*\b|[-+*/ ])+\)/;

/** Nothing but re-exports: a second address for everything, and import cycles. */
const BARREL = /^(?:\s|\/\/.*|\/\*[\s\S]*?\*\/|export (?:type )?(?:\*|\{)[^;]*from [^;]*;)+$/;

type Rule = (file: SourceFile) => string[];

const rules: readonly Rule[] = [
  ({ text }) => {
    const lines = text.trimEnd().split('\n').length;
    return lines > FILE_LINES_MAX ? [`${lines} lines, at most ${FILE_LINES_MAX}`] : [];
  },
  ({ text }) => longFunctions(text),
  ({ path }) => {
    const bad = path
      .split('/')
      .flatMap((part) => part.replace(/\..*$/, '').split('-'))
      .find(isForbidden);
    return bad ? [`"${bad}" says nothing about what is inside`] : [];
  },
  ({ text }) =>
    BARREL.test(text) && text.includes('export') ? ['a barrel: import from where things are'] : [],
  ({ path, text }) =>
    /\bprocess\.env\b/.test(text) && !READS_ENVIRONMENT.test(path)
      ? ['process.env is read only by entry points, through src/platform/config.ts']
      : [],
  ({ path, text }) =>
    path.startsWith('src/domain/') && CLOCK_OR_CHANCE.test(text)
      ? ['the domain is given the time and chance as arguments']
      : [],
  ({ text }) => (UNFINISHED.test(text) ? ['unfinished work is an issue, not a comment'] : []),
  ({ text }) => (FOCUSED.test(text) ? ['a focused test silences all others'] : []),
  ({ path, text }) =>
    path.startsWith('test/') && ABSOLUTE_TIME.test(text)
      ? ['a busy machine is slower: assert an order, a state, or a span measured beside it']
      : [],
  ({ path, text }) =>
    /^export default\b/m.test(text) && !DEFAULT_EXPORT_WANTED.test(path)
      ? ['default exports lose their name']
      : [],
];

/** One line for each file that breaks a rule. */
export function textErrors(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) =>
    rules.flatMap((rule) => rule(file)).map((error) => `${file.path}: ${error}`),
  );
}

/** One line for each folder with too many files in it. */
export function folderErrors(files: readonly SourceFile[]): string[] {
  const sizes = new Map<string, number>();
  for (const { path } of files) {
    const folder = posix.dirname(path);
    if (IN_ROOMS.test(folder)) sizes.set(folder, (sizes.get(folder) ?? 0) + 1);
  }
  return [...sizes]
    .filter(([, size]) => size > FOLDER_FILES_MAX)
    .map(([folder, size]) => `${folder}: ${size} files, at most ${FOLDER_FILES_MAX}`);
}

/** `.env.example` lists exactly the variables that are read, each below a comment. */
export function envExampleErrors(text: string, variables: readonly string[]): string[] {
  const lines = text.split('\n');
  const listed = new Map<string, boolean>();
  for (const [at, line] of lines.entries()) {
    const name = /^([A-Z][A-Z0-9_]*)=/.exec(line)?.[1];
    if (name) listed.set(name, lines[at - 1]?.startsWith('# ') ?? false);
  }
  return [
    ...variables.filter((name) => !listed.has(name)).map((name) => `.env.example lacks ${name}`),
    ...[...listed.keys()]
      .filter((name) => !variables.includes(name))
      .map((name) => `${name} is read nowhere`),
    ...[...listed].filter(([, isExplained]) => !isExplained).map(([name]) => `${name} has no comment line`),
  ];
}

/** The migrator skips, without a word, whatever is not newer than the newest it applied. */
export function journalErrors(journal: { entries: readonly { tag: string; when: number }[] }): string[] {
  return journal.entries.flatMap(({ tag, when }, at) => {
    const before = journal.entries[at - 1];
    return before && before.when >= when ? [`migration ${tag} is not younger than ${before.tag}`] : [];
  });
}

function isForbidden(word: string): boolean {
  return FORBIDDEN_NAME.test(word);
}

const FUNCTION = /(?:export )?(?:async )?function\*? (\w+)/;
const ARROW = /(?:export )?const (\w+)\b.*(?:=> [{(]|= (?:async )?\()$/;
const METHOD = /(?:async |get |static )*(\w+)\((?:(?!=>).)*\)(?:: [^=]*)? \{$/;
const FUNCTION_START = new RegExp(`^(\\s*)(?:${FUNCTION.source}|${ARROW.source}|${METHOD.source})`);
const CONTROL = /^(?:if|for|while|switch|catch|describe|return|super|expect|test|it)$/;

interface Span {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/**
 * Approximate, and good enough for formatted code. Functions inside are judged by themselves and not counted
 * again, so a factory may be as long as what it makes; lines of a template are data: a money transition is
 * one SQL statement.
 */
function longFunctions(text: string): string[] {
  const lines = text.split('\n');
  const isTemplate = templateLines(lines);
  const spans = lines.flatMap((line, start) => functionAt(lines, line, start));
  return spans.flatMap(({ name, start, end }) => {
    const inner = spans.filter((other) => other.start > start && other.end < end);
    const isOwn = (at: number): boolean =>
      !isTemplate[at] && !inner.some((other) => at >= other.start && at <= other.end);
    const length = lines.slice(start, end + 1).filter((_line, offset) => isOwn(start + offset)).length;
    return length > FUNCTION_LINES_MAX ? [`${name} has ${length} lines, at most ${FUNCTION_LINES_MAX}`] : [];
  });
}

/** The function that starts here; it ends at the first closing line of its own indentation. */
function functionAt(lines: readonly string[], line: string, start: number): Span[] {
  const match = FUNCTION_START.exec(line);
  const name = match?.[2] ?? match?.[3] ?? match?.[4];
  if (!match || !name || CONTROL.test(name)) return [];
  const closing = new RegExp(`^${match[1]}[\\])}].*[^{(]$|^${match[1]}[\\])}]$`);
  const offset = lines.slice(start + 1).findIndex((later) => closing.test(later));
  return offset === -1 ? [] : [{ name, start, end: start + 1 + offset }];
}

/** Which lines begin inside a template literal. */
function templateLines(lines: readonly string[]): boolean[] {
  let isInside = false;
  return lines.map((line) => {
    const began = isInside;
    if ((line.split('`').length - 1) % 2 === 1) isInside = !isInside;
    return began;
  });
}
