/** The deliberate bugs still fit the code that they spoil: found now, and not by the quarter of an hour that plays them. */
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { bugs } from '../../../scripts/prove/seeded-bugs/bugs.ts';

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
