/** What the migrations folder says, without a database: fresh against the schema and the machines. */
import { readdirSync, readFileSync } from 'node:fs';
import { generateDrizzleJson } from 'drizzle-kit/api';
import { expect, test } from 'vitest';
import { rulesSql } from '../../../scripts/generate/machine-documents.ts';
import { schemaTables } from '../../harness/services/schema-tables.ts';

const migrations = new URL('../../../migrations/', import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, migrations), 'utf8');
const names = (folder: string, ending: string): string[] =>
  readdirSync(new URL(folder, migrations))
    .filter((name) => name.endsWith(ending))
    .sort();

test('the newest snapshot is what the schema says: npm run generate writes a migration', async () => {
  const newest = JSON.parse(read(`meta/${names('meta/', '_snapshot.json').at(-1)}`));
  const current = JSON.parse(JSON.stringify(generateDrizzleJson(await schemaTables())));
  expect(Object.keys(current.tables)).not.toEqual([]);
  expect(newest.tables).toEqual(current.tables);
});

test('the newest rows of states and moves are those of the machines: scripts/generate/rules-sql.ts prints them', () => {
  const carriers = names('.', '.sql').filter((name) => read(name).includes('insert into states'));
  const newest = read(carriers.at(-1) ?? '');
  expect(newest.slice(newest.indexOf('delete from allowed_transitions'))).toBe(rulesSql());
});

test('each migration is later than the one before: the migrator leaves out what is not', () => {
  const { entries } = JSON.parse(read('meta/_journal.json')) as { entries: { tag: string; when: number }[] };
  const tags = entries.map(({ tag }) => tag);
  expect(tags).toEqual(names('.', '.sql').map((name) => name.replace('.sql', '')));
  expect([...entries].sort((a, b) => a.when - b.when).map(({ tag }) => tag)).toEqual(tags);
  expect(entries.at(-1)?.when).toBeLessThan(Date.now());
});
