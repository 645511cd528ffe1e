/** Lists of texts go to Postgres and come back as they were. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../../src/store/postgres/database.ts';
import { createTestDatabase, type TestDatabase } from '../../harness/services/services.ts';

let database: TestDatabase;
let store: Database;

beforeAll(async () => {
  database = await createTestDatabase();
  store = openDatabase({ url: database.url, applicationName: 'text-array' });
});

afterAll(async () => {
  await store.close();
  await database.drop();
});

async function thereAndBack(texts: readonly (string | null)[]): Promise<unknown> {
  const [row] = await store.sql<{ texts: unknown; elements: number }[]>`
    select given as texts, coalesce(array_length(given, 1), 0) as elements
    from (select ${texts as string[]}::text[] as given) as g`;
  expect(row?.elements).toBe(texts.length);
  return row?.texts;
}

test.each([
  [[]],
  [['']],
  [['NULL', 'null', null]],
  [['a,b', '{c}', ' d ', '"', '\\', '\\"', 'e\nf', 'ü€😀']],
])('%j', async (texts) => {
  expect(await thereAndBack(texts)).toEqual(texts);
});

test('whatever they are', async () => {
  // Mostly of what the wire has a meaning for.
  const text = fc.string({
    unit: fc.constantFrom('"', '\\', ',', '{', '}', ' ', '\n', 'N', 'ULL', 'ü', '😀'),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(fc.option(text), { maxLength: 8 }), async (texts) => {
      expect(await thereAndBack(texts)).toEqual(texts);
    }),
    { numRuns: 300 },
  );
});

test('and are searched for', async () => {
  const rows =
    await store.sql`select w from (values ('a'), ('b'), ('c"d')) as v (w) where w = any(${['b', 'c"d']}) order by w`;
  expect(rows.map((row) => row.w)).toEqual(['b', 'c"d']);
});
