/** The deliberate bugs still fit the code that they spoil: found now, and not by the quarter of an hour that plays them. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { bugs } from '../../../scripts/prove/seeded-bugs/bugs.ts';

/** Its name, the type of its first argument, by which two of a name differ (`standing_of`), and its body between dollars. */
const FUNCTION = /create (?:or replace )?function (\w+)\(\s*(?:\w+ (\w+))?[\s\S]*?\$\$[\s\S]*?\$\$/g;

const read = (path: string): string => (existsSync(path) ? readFileSync(path, 'utf8') : '');

test('each text that a bug replaces stands once in its file', () => {
  const misfits = bugs.flatMap(({ name, edits }) =>
    edits
      .map(({ file, find }) => ({ file, count: read(file).split(find).length - 1 }))
      .filter(({ count }) => count !== 1)
      .map(({ file, count }) => `${name}: ${count} times in ${file}`),
  );
  expect(misfits).toEqual([]);
  expect(bugs.length).toBeGreaterThanOrEqual(94);
});

test('each names a test file that exists, and each name stands once', () => {
  expect(bugs.filter(({ check }) => !existsSync(check.file)).map(({ name }) => name)).toEqual([]);
  const names = bugs.map(({ name }) => name);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});

test('none spoils a function that a later migration writes anew: at most an earlier release still runs it', () => {
  const functions = readdirSync('migrations')
    .filter((name) => name.endsWith('.sql'))
    .toSorted()
    .flatMap((name) =>
      [...read(`migrations/${name}`).matchAll(FUNCTION)].map((match) => ({
        file: `migrations/${name}`,
        function: `${match[1]}(${match[2] ?? ''})`,
        start: match.index,
        end: match.index + match[0].length,
      })),
    );
  const isSpoiled = (file: string, at: number) => (one: (typeof functions)[number]) =>
    one.file === file && one.start <= at && at < one.end;
  const vain = bugs.flatMap(({ name, edits }) =>
    edits.flatMap(({ file, find }) => {
      const spoiled = functions.find(isSpoiled(file, read(file).indexOf(find)));
      const newest = functions.findLast((one) => one.function === spoiled?.function);
      return newest === undefined || newest.file === file ? [] : [`${name}: ${file}, not ${newest.file}`];
    }),
  );

  expect(functions.length).toBeGreaterThan(50);
  expect(vain).toEqual([]);
});
