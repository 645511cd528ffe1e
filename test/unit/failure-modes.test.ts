/** `docs/failure-modes.md` names every crash point, and for each a test that exists. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const text = readFileSync('docs/failure-modes.md', 'utf8');

/** The catalogue's: letter, how many, and those that come in parts. */
const CATALOGUE = { A: 10, O: 8, R: 12, W: 15, S: 14, H: 12, P: 9, E: 7, M: 3, T: 3, D: 4 } as const;
const PARTS: Readonly<Record<string, string>> = {
  W2: 'abc',
  W3: 'a',
  W4: 'a',
  W5: 'a',
  W6: 'abcdef',
  W7: 'abc',
  W8: 'ab',
};
const REASON = /(?:does not apply|not shown[^:]*): \S/;
const PROOF = /`(test\/[\w./-]+\.test\.ts)`\s+"([^"]+)"/g;
const FAILPOINT = /\bfailpoint\('([a-z_.]+)'\)/g;
/** A keyed write passes two, named after its step. */
const STEP = /\bstep: '([a-z_.]+)'/g;

const rows = text
  .split('\n')
  .filter((line) => /^\| [A-Z]\d/.test(line))
  .map((line) => ({ id: line.split('|')[1]?.trim() ?? '', cells: line.split('|').length, line }));

const proofsOf = (given: string) =>
  [...given.matchAll(PROOF)].map((match) => ({ file: match[1] ?? '', title: match[2] ?? '' }));

function missing(proofs: readonly { readonly file: string; readonly title: string }[]): string[] {
  return proofs
    .filter(({ file, title }) => !existsSync(file) || !readFileSync(file, 'utf8').includes(title))
    .map(({ file, title }) => `${file} has no "${title}"`);
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => join(folder, name));
}

describe('the list of failure modes', () => {
  test('has every point of the catalogue, each once', () => {
    const wanted = Object.entries(CATALOGUE).flatMap(([letter, count]) =>
      Array.from({ length: count }, (_, index) => `${letter}${index + 1}`).flatMap((id) =>
        [...(PARTS[id] ?? [''])].map((part) => `${id}${part}`),
      ),
    );
    const ids = rows.map(({ id }) => id);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
    expect(wanted.filter((id) => !ids.includes(id))).toEqual([]);
  });

  test('has for each point a test, or the reason why there is none', () => {
    const bare = rows.filter(({ line }) => proofsOf(line).length === 0 && !REASON.test(line));
    expect(bare.map(({ id }) => id)).toEqual([]);
    expect(rows.filter(({ cells }) => cells !== 7).map(({ id }) => id)).toEqual([]);
  });

  test('names only tests that exist', () => {
    const proofs = proofsOf(text.replaceAll('\n', ' '));
    expect(proofs.length).toBeGreaterThan(90);
    expect(missing(proofs)).toEqual([]);
  });

  test('would notice a test that was renamed', () => {
    const [known] = proofsOf(text);
    expect(missing([{ file: known?.file ?? '', title: 'a title that nothing has' }])).toHaveLength(1);
    expect(missing([{ file: 'test/integration/nowhere.test.ts', title: known?.title ?? '' }])).toHaveLength(
      1,
    );
  });
});

describe('a failpoint', () => {
  const inSource = filesBelow('src').flatMap((path) => {
    const source = readFileSync(path, 'utf8');
    const steps = [...source.matchAll(STEP)].flatMap(([, step]) => [
      `${step}.before`,
      `${step}.after_effect`,
    ]);
    return [...steps, ...[...source.matchAll(FAILPOINT)].map((match) => match[1] ?? '')];
  });

  test('is passed by some test', () => {
    const tests = filesBelow('test').map((path) => readFileSync(path, 'utf8'));
    const names = [...new Set(inSource)];
    expect(names.length).toBeGreaterThan(40);
    expect(names.filter((name) => !tests.some((each) => each.includes(`'${name}'`)))).toEqual([]);
  });
});
