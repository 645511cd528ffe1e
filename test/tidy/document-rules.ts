/** What the documents say of the tree must be true: names of files, and the table of log events. */
import type { SourceFile } from './source-tree.ts';

const FILE_NAME =
  /(?:`|\()((?:src|workers|test|scripts|simulator|sandbox|migrations|docs|bench|examples)\/[\w./-]+)(?:`|\))/g;
const EVENT = /\bevent: '([a-z_]+\.[a-z_]+)'/g;
const SPEAKS = /^(?:src|workers)\//;

/** One line for each file or folder that a document names and `exists` does not find. */
export function missingFiles(documents: readonly SourceFile[], exists: (path: string) => boolean): string[] {
  return documents.flatMap(({ path, text }) =>
    [...text.matchAll(FILE_NAME)]
      .map((match) => match[1] ?? '')
      .filter((name) => !exists(name))
      .map((name) => `${path} names ${name}, which does not exist`),
  );
}

/** One line for each event that is logged and not explained, or explained and never logged. */
export function logEventErrors(architecture: string, files: readonly SourceFile[]): string[] {
  const logged = new Set(
    files
      .filter(({ path }) => SPEAKS.test(path))
      .flatMap(({ text }) => [...text.matchAll(EVENT)].map((match) => match[1] ?? '')),
  );
  const rows = architecture
    .split('\n')
    .filter((line) => /^\| (?:debug|info|warn|error|fatal|none) \|/.test(line));
  const explained = new Set(
    rows.flatMap((row) => [...row.matchAll(/`([a-z_]+\.[a-z_]+)`/g)].map((match) => match[1] ?? '')),
  );
  return [
    ...[...logged].filter((event) => !explained.has(event)).map((event) => `${event} is not in the table`),
    ...[...explained].filter((event) => !logged.has(event)).map((event) => `${event} is never logged`),
  ];
}
