/** `npm run openapi`: writes docs/openapi.json from the routes; a test compares the two. */
import { writeFileSync } from 'node:fs';
import { openApiDocument } from '../../src/api/openapi.ts';

writeFileSync(
  new URL('../../docs/openapi.json', import.meta.url),
  `${JSON.stringify(await openApiDocument(), null, 2)}\n`,
);
