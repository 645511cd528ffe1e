import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { clientSchema } from '../../../scripts/generate/client-schema.ts';

const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

test('clients/typescript/src/generated/schema.ts is what docs/openapi.json says: npm run client writes it', async () => {
  const types = await clientSchema(JSON.parse(read('docs/openapi.json')) as object);

  expect(types === read('clients/typescript/src/generated/schema.ts')).toBe(true);
});

test('the client needs the packages that the repository tests it with', () => {
  const packageOf = (path: string) => JSON.parse(read(path)) as { dependencies: Record<string, string> };

  expect(packageOf('package.json').dependencies).toMatchObject(
    packageOf('clients/typescript/package.json').dependencies,
  );
});
