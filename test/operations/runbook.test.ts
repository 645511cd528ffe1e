/** Every query of the runbook can be typed as it stands there. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../src/store/postgres/database.ts';
import { createTestDatabase, type TestDatabase } from '../harness/services/services.ts';

const runbook = readFileSync('docs/runbook.md', 'utf8');
const queries = [...runbook.matchAll(/^### (\w+)$|```sql\n([\s\S]*?)```/gm)];
let section = '';
const cases = queries.flatMap(([, heading, query]) => {
  section = heading ?? section;
  return query === undefined ? [] : [[section, query] as const];
});

let database: TestDatabase;
let store: Database;

beforeAll(async () => {
  database = await createTestDatabase();
  store = openDatabase({ url: database.url, applicationName: 'duecourse-runbook', connectionsMax: 1 });
});
afterAll(async () => {
  await store.close();
  await database.drop();
});

test('there are some', () => {
  expect(cases.length).toBeGreaterThan(10);
});

test.each(cases)('%s', async (_alert, query) => {
  await expect(store.sql.unsafe(query)).resolves.toBeInstanceOf(Array);
});
