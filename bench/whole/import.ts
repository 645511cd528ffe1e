/** Lines of a run through the API, in one upload, beside the least that writing their rows could cost; and what the API then holds. */
import { watchMemory } from '../api/resident-memory.ts';
import type { Ground } from './ground.ts';
import { bareTable, type Rows, rowsOf, written } from './multi-row.ts';
import { OURS, read } from './readings.ts';
import { LINES_A_STATEMENT, makeRun, uploadLines } from './run-lines.ts';
import { openScene } from './scene.ts';

export type Imported = Rows & {
  readonly lines: number;
  /** The most that the API's process held meanwhile. */
  readonly most_mb: number | null;
  /** The same rows into the same columns and indexes, without triggers and without HTTP. */
  readonly insert: Rows;
};

/** The API has to do with this, however many lines come. */
const MEMORY_MB = 256;
/** So many bare rows say how fast they are. */
const BARE_LINES_MAX = 20_000;

export async function importing(ground: Ground, lines: number): Promise<Imported> {
  const scene = await openScene(ground, {
    stripe: 'canned',
    workers: 0,
    api: true,
    api_memory_mb: MEMORY_MB,
  });
  const { api } = scene;
  if (api === null) throw new RangeError('nobody takes lines in');
  try {
    const insert = await written(scene, 'bare', Math.min(lines, BARE_LINES_MAX), await bareTable(scene.sql));
    const run = await makeRun(scene, 'import');
    await uploadLines(scene, run, 'warm', LINES_A_STATEMENT);
    await scene.sql.unsafe(`${OURS} analyze`);
    const memory = watchMemory(() => api.pid);
    try {
      const before = await read(scene.sql, scene.clocks);
      await uploadLines(scene, run, 'bench', lines);
      const after = await read(scene.sql, scene.clocks);
      return { lines, most_mb: memory.stop(), ...rowsOf(lines, before, after), insert };
    } finally {
      memory.stop();
    }
  } finally {
    await scene.close();
  }
}
