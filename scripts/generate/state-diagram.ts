/** Writes docs/state-machine.md from the machines; a test compares the two. */
import { writeFileSync } from 'node:fs';
import { stateDiagrams } from './machine-documents.ts';

writeFileSync(new URL('../../docs/state-machine.md', import.meta.url), stateDiagrams());
