/** `npm run client`: writes the types of clients/typescript from docs/openapi.json; a test compares the two. */
import { readFileSync, writeFileSync } from 'node:fs';
import { clientSchema } from './client-schema.ts';

const root = new URL('../../', import.meta.url);
const document = JSON.parse(readFileSync(new URL('docs/openapi.json', root), 'utf8')) as object;
writeFileSync(new URL('clients/typescript/src/generated/schema.ts', root), await clientSchema(document));
