/**
 * Style is a test, not a review comment. Each rule is also shown a planted offender, so that it is known to
 * bite.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { VARIABLES } from '../src/platform/config.ts';
import { LOG_EVENTS } from '../src/platform/log-events.ts';
import { wholeFiles } from '../vitest.config.ts';
import { missingFiles, missingRulings } from './tidy/citation-rules.ts';
import { deadExports, nameErrors, unreachableFiles } from './tidy/dead-code.ts';
import { logEventErrors } from './tidy/document-rules.ts';
import { importErrors } from './tidy/import-rules.ts';
import { processTestErrors } from './tidy/process-tests.ts';
import { readDocuments, readTree, type SourceFile } from './tidy/source-tree.ts';
import { envExampleErrors, folderErrors, journalErrors, textErrors } from './tidy/text-rules.ts';

const read = (path: string): string => readFileSync(path, 'utf8');

describe('our tree', () => {
  const files = readTree('.');
  const documents = readDocuments('.');

  test('is read whole', () => {
    const paths = files.map(({ path }) => path);

    expect(paths).toEqual(
      expect.arrayContaining(['src/platform/config.ts', 'test/tidy.test.ts', 'vitest.config.ts']),
    );
  });

  test('leaves tests that start processes to the whole run, or says what only they show', () => {
    expect(processTestErrors(files, wholeFiles)).toEqual([]);
  });

  test('imports only in the allowed directions, and packages only in the folders that own them', () => {
    expect(importErrors(files)).toEqual([]);
  });

  test('keeps to the sizes, names and words', () => {
    expect([...textErrors(files), ...folderErrors(files)]).toEqual([]);
  });

  test('exports only what something imports, and holds no file that nothing leads to', () => {
    expect([...deadExports(files), ...unreachableFiles(files)]).toEqual([]);
  });

  test('gives one name to one thing', () => {
    expect(nameErrors(files)).toEqual([]);
  });

  test('explains every event that is logged, and no other', () => {
    expect(logEventErrors(read('ARCHITECTURE.md'), LOG_EVENTS, files)).toEqual([]);
  });

  test('names only files that exist', () => {
    expect(missingFiles([...files, ...documents], existsSync)).toEqual([]);
  });

  test('cites only rulings that the protocol has', () => {
    expect(missingRulings([...files, ...documents], read('docs/protocol.md'))).toEqual([]);
  });

  test('explains every variable in .env.example, and no other', () => {
    expect(envExampleErrors(read('.env.example'), VARIABLES)).toEqual([]);
  });

  test('numbers its migrations in the order they were written', () => {
    expect(journalErrors(JSON.parse(read('migrations/meta/_journal.json')))).toEqual([]);
  });

  test('keeps download addresses out of the lockfile', () => {
    expect(read('package-lock.json')).not.toContain('"resolved"');
  });
});

describe('a planted offender is flagged:', () => {
  const folders: string[] = [];
  afterAll(() => {
    for (const folder of folders) rmSync(folder, { recursive: true });
  });

  function plant(path: string, text: string): SourceFile[] {
    const root = mkdtempSync(join(tmpdir(), 'duecourse-tidy-'));
    folders.push(root);
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
    return readTree(root);
  }

  test.each([
    ['the domain imports the platform', 'src/domain/a.ts', `import { x } from '../platform/log.ts';`],
    [
      'the domain imports a type of the store',
      'src/domain/a.ts',
      `import type { X } from '../store/schema.ts';`,
    ],
    ['the store imports a use case', 'src/store/a.ts', `export { x } from '../billing/settle.ts';`],
    ['billing imports the customer’s page', 'src/billing/a.ts', `import { x } from '../recovery/link.ts';`],
    [
      'a page in .tsx imports Stripe’s folder',
      'src/recovery/a.tsx',
      `import { x } from '../stripe/client.ts';`,
    ],
    ['src imports a worker', 'src/api/a.ts', `import { x } from '../../workers/charge.ts';`],
    ['src imports the simulator', 'src/stripe/a.ts', `await import('../../simulator/server.ts');`],
    ['a composition root imports the simulator', 'src/server.ts', `import '../simulator/server.ts';`],
    ['the sandbox imports a worker', 'sandbox/a.ts', `import { x } from '../workers/main.ts';`],
    ['the simulator imports ours', 'simulator/a.ts', `import type { X } from '../src/domain/money.ts';`],
    ['the import spans lines', 'src/domain/a.ts', `import {\n  x,\n  y,\n} from '../store/a.ts';`],
    ['nobody knows the folder', 'src/outbox/a.ts', 'export const x = 1;'],
    ['nobody knows the room', 'src/billing/mails/a.ts', 'export const x = 1;'],
    ['charging imports setting up', 'src/billing/charge/a.ts', `import { x } from '../setup/b.ts';`],
    ['work imports a room', 'src/billing/work/a.ts', `import { x } from '../charge/b.ts';`],
    ['a room imports what stands above it', 'src/billing/setup/a.ts', `import { x } from '../advance.ts';`],
    ['the pool imports a statement', 'src/store/postgres/a.ts', `import { x } from '../work/b.ts';`],
  ])('%s', (_what, path, text) => {
    expect(importErrors(plant(path, text))).toEqual([expect.stringContaining(path)]);
  });

  test.each([
    ['stripe', 'src/billing/a.ts'],
    ['stripe', 'simulator/a.ts'],
    ['postgres', 'src/api/a.ts'],
    ['drizzle-orm/pg-core', 'src/domain/a.ts'],
    ['bullmq', 'workers/a.ts'],
    ['ioredis', 'src/store/a.ts'],
    ['pg', 'src/store/a.ts'],
    ['fastify', 'src/billing/a.ts'],
    ['@fastify/helmet', 'workers/a.ts'],
    ['nodemailer', 'src/billing/a.ts'],
    ['testcontainers', 'sandbox/a.ts'],
  ])('package %s in %s', (name, path) => {
    expect(importErrors(plant(path, `import x from '${name}';`))).toEqual([
      expect.stringContaining('belongs to'),
    ]);
  });

  test.each([
    ['a file of 301 lines', 'src/a.ts', 'x;\n'.repeat(301)],
    ['a function of 61 lines', 'src/a.ts', `export async function f(): void {\n${'  x;\n'.repeat(59)}}\n`],
    ['an arrow of 61 lines', 'src/a.tsx', `export const f = () => {\n${'  x;\n'.repeat(59)}};\n`],
    ['a method of 61 lines', 'src/a.ts', `const o = {\n  m(x) {\n${'    x;\n'.repeat(59)}  },\n};\n`],
    ['a file of odds and ends', 'src/billing/charge-utils.ts', ''],
    ['a folder of odds and ends', 'src/api/helpers/a.ts', ''],
    [
      'a barrel',
      'src/api/all.ts',
      `/** All. */\nexport * from './a.ts';\nexport {\n  b,\n} from './b.ts';\n`,
    ],
    ['the environment read elsewhere', 'src/billing/a.ts', 'process.env.PORT'],
    ['the environment read by the simulator', 'simulator/a.ts', 'process.env.PORT'],
    ['the clock in the domain', 'src/domain/a.ts', 'Date.now()'],
    ['chance in the domain', 'src/domain/a.tsx', 'Math.random()'],
    ['an id of chance in the domain', 'src/domain/a.ts', 'randomUUID()'],
    ['work left for later', 'src/api/a.ts', `// ${'TO'}DO later`],
    ['a focused test', 'test/unit/a.test.ts', `test.${'only'}('x', () => {});`],
    [
      'a test of how fast a machine is',
      'test/a.test.ts',
      `expect(performance.now() - began_ms).toBeLessThan${'('}2_000);`,
    ],
    ['the same by a constant', 'test/a.test.ts', `expect(took_ms).toBeLessThanOrEqual${'('}2 * ANSWER_MS);`],
    ['a default export', 'src/api/a.ts', 'export default 1;'],
  ])('%s', (_what, path, text) => {
    expect(textErrors(plant(path, text))).toEqual([expect.stringContaining(path)]);
  });

  test('a folder of 21 files', () => {
    const files = Array.from({ length: 21 }, (_, at) => ({ path: `test/unit/a${at}.test.ts`, text: '' }));
    expect(folderErrors(files)).toEqual(['test/unit: 21 files, at most 20']);
    expect(folderErrors(files.slice(1))).toEqual([]);
  });

  test.each([
    ['a function that nothing calls', 'export function f(): void {}\n', 'src/domain/a.ts: nothing calls f'],
    [
      'a function that only a test calls',
      'export const tested = 1;\n',
      'src/domain/a.ts: nothing calls tested',
    ],
    [
      'a constant that only its own file uses',
      'export const C = 1;\nexport const used = C;\n',
      'src/domain/a.ts: nothing imports C, do not export it',
    ],
    ['a type that nothing names', 'export type T = string;\n', 'src/domain/a.ts: nothing calls T'],
  ])('%s', (_what, text, error) => {
    const caller = { path: 'src/server.ts', text: `import { type X, used } from './domain/a.ts';` };
    const asTest = { path: 'test/unit/a.test.ts', text: `import { tested } from '../../src/domain/a.ts';` };
    expect(deadExports([{ path: 'src/domain/a.ts', text }, caller, asTest])).toEqual([error]);
  });

  test('a name that two files export', () => {
    const [one, other] = ['src/billing/a.ts', 'src/store/a.ts'].map((path) => ({
      path,
      text: 'export async function cancelCharge(): Promise<void> {}',
    }));
    expect(nameErrors([one, other].filter((file) => file !== undefined))).toEqual([
      'cancelCharge stands in src/billing/a.ts and src/store/a.ts',
    ]);
  });

  test('a file that only a test leads to', () => {
    const asTest = { path: 'test/unit/a.test.ts', text: `import { x } from '../../src/domain/a.ts';` };
    const orphan = { path: 'src/domain/a.ts', text: 'export const x = 1;' };
    expect(unreachableFiles([orphan, asTest])).toEqual(['src/domain/a.ts: no entry point leads here']);
  });

  test('a test that starts processes every day, and one that is listed and is no more', () => {
    const text = `import { startStack } from '../harness/stack.ts';`;
    const stack = { path: 'test/harness/stack.ts', text: `import { spawn } from 'node:child_process';` };
    const errors = processTestErrors([{ path: 'test/integration/a.test.ts', text }, stack], ['test/gone/']);
    expect(errors[0]).toMatch(/^test\/integration\/a\.test\.ts: starts processes/);
    expect(errors[1]).toBe('test/gone/: listed, and not there');
  });

  test('a document and a comment that name files that are no more', () => {
    const exists = (path: string) => path === 'src/a.ts' || path === 'docs/deploy.md';
    const page = {
      path: 'docs/a.md',
      text: 'See `src/a.ts`, [b](src/b.ts), [deploy](deploy.md), https://x.y/z.md.',
    };
    const text = `${comment('As design.md says.')} const planted = "src/gone.ts"; ${comment('See docs/gone/c.md.')}`;
    const program = { path: 'src/a.ts', text };
    expect(missingFiles([page, program], exists)).toEqual([
      'docs/a.md names src/b.ts, which does not exist',
      'src/a.ts names design.md, which does not exist',
      'src/a.ts names docs/gone/c.md, which does not exist',
    ]);
  });

  test('a ruling that the protocol does not have', () => {
    const program = { path: 'src/a.ts', text: comment('As agreed (docs/protocol.md, 2.1 and 2.9).') };
    expect(missingRulings([program], '## 2 Money\n\n**2.1 It is written first.** So.')).toEqual([
      'src/a.ts cites ruling 2.9, which docs/protocol.md does not have',
    ]);
  });

  test('events that nobody explains and nobody logs', () => {
    const logging = {
      path: 'src/a.ts',
      text: `log.info({ event: isDone ? 'charge.settled' : 'charge.kept' })`,
    };
    const listed = ['charge.settled', 'charge.kept', 'charge.lost'];
    const table = '| info | `charge.settled`, `charge.gone`, `charge.lost` | gone |';
    expect(logEventErrors(table, listed, [logging])).toEqual([
      'charge.kept is not in the table',
      'charge.gone is no event of src/platform/log-events.ts',
      'charge.lost is never logged',
    ]);
  });

  test('variables missing, superfluous and unexplained', () => {
    expect(envExampleErrors('# The port.\nPORT=\nHOST=\n', ['PORT', 'LOG_LEVEL'])).toEqual([
      '.env.example lacks LOG_LEVEL',
      'HOST is read nowhere',
      'HOST has no comment line',
    ]);
  });

  test('a migration that an earlier merge would hide', () => {
    const entries = [
      { tag: '0000_a', when: 2 },
      { tag: '0001_b', when: 1 },
    ];
    expect(journalErrors({ entries })).toEqual(['migration 0001_b is not younger than 0000_a']);
  });
});

/** A planted comment, put together here so that this file does not accuse itself. */
function comment(text: string): string {
  return ['/', '*', ` ${text} `, '*', '/'].join('');
}

test('what the rules allow is not flagged', () => {
  const allowed: SourceFile[] = [
    { path: 'simulator/a.ts', text: `import type Stripe from 'stripe';` },
    { path: 'src/api/a.ts', text: `import { x } from '../billing/settle.ts';` },
    { path: 'workers/a.ts', text: `import { x } from '../src/billing/settle.ts';` },
    { path: 'src/domain/a.ts', text: `import { x } from './money.ts';` },
    { path: 'src/billing/advance.ts', text: `import { x } from './charge/a.ts';` },
    { path: 'src/billing/charge/a.ts', text: `import { x } from '../dependencies.ts';` },
    { path: 'src/a.ts', text: `function f() {\n${'  x;\n'.repeat(58)}}\n${'x;\n'.repeat(200)}` },
    {
      path: 'src/b.ts',
      text: `export function f() {\n  return sql\`\n${'    select\n'.repeat(90)}  \`;\n}\n`,
    },
    { path: 'test/b.test.ts', text: `expect(lease.remaining_ms()).toBeLessThan${'('}before_ms);` },
    { path: 'test/a.test.ts', text: `import Stripe from 'stripe';\nprocess.env.CI;` },
  ];

  expect([...importErrors(allowed), ...textErrors(allowed)]).toEqual([]);
});
