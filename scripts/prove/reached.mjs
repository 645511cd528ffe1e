/**
 * Loaded into every process of a run (`--import`) whose sources call `globalThis.reached` where a statement is made:
 * writes down which test reached which statement. A process that a test starts counts as that test's.
 */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.env.REACHED_FOLDER ?? '';
const written = new Set();

globalThis.reached = (statement) => {
  const line = `${process.env.REACHED_BY ?? ''}\t${statement}\n`;
  if (folder === '' || written.has(line)) return;
  written.add(line);
  appendFileSync(join(folder, String(process.pid)), line);
};
