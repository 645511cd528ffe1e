import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { openApiDocument } from '../../../src/api/openapi.ts';

test('docs/openapi.json is what the routes say: npm run openapi writes it', async () => {
  const written: unknown = JSON.parse(
    readFileSync(new URL('../../../docs/openapi.json', import.meta.url), 'utf8'),
  );

  expect(JSON.parse(JSON.stringify(await openApiDocument()))).toEqual(written);
});

test('every component is referred to, and every reference leads somewhere', async () => {
  const document = (await openApiDocument()) as { components: { schemas: Record<string, unknown> } };
  const text = JSON.stringify(document);
  const referred = new Set([...text.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name));

  expect([...referred].toSorted()).toEqual(Object.keys(document.components.schemas).toSorted());
});
