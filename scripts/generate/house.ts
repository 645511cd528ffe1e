/** Draws the house into ARCHITECTURE.md, between its markers, from the imports; a test compares the two. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readTree } from '../../test/tidy/source-tree.ts';
import { withHouse } from './house-drawing.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const page = fileURLToPath(new URL('../../ARCHITECTURE.md', import.meta.url));

writeFileSync(page, withHouse(readFileSync(page, 'utf8'), readTree(root)));
