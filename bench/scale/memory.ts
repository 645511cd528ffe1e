/** What a worker holds in memory while so many charges are due: it must not grow with them. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Sql } from '../../src/store/postgres/database.ts';
import { watchMemory } from '../api/resident-memory.ts';
import type { Figures } from '../whole/figures.ts';
import type { Ground } from '../whole/ground.ts';
import { writeCharges } from '../whole/payers.ts';
import { OURS } from '../whole/readings.ts';
import { openScene, type Scene } from '../whole/scene.ts';

const ROWS_AT_ONCE = 50_000;
const POLL_MS = 250;
const SETTLED_MS = 900_000;

/** The most that a worker held while it settled `charges` of `due`. */
export async function memoryAt(ground: Ground, due: number, charges: number): Promise<Figures> {
  const prepare = async (sql: Sql): Promise<void> => {
    for (let written = 0; written < due; written += ROWS_AT_ONCE)
      await writeCharges(sql, Math.min(ROWS_AT_ONCE, due - written));
    await sql.unsafe(`${OURS} vacuum analyze`);
  };
  const scene = await openScene(ground, { stripe: 'canned', prepare });
  try {
    const [worker] = scene.workers;
    if (worker === undefined) throw new RangeError('nobody works');
    const memory = watchMemory(() => worker.pid);
    const ended = await untilEnded(scene, charges).finally(() => memory.stop());
    return { due, charges: ended, most_mb: memory.stop() };
  } finally {
    await scene.close();
  }
}

async function untilEnded({ sql }: Scene, charges: number): Promise<number> {
  const end_ms = performance.now() + SETTLED_MS;
  for (;;) {
    const [row] = await sql.unsafe<{ ended: number }[]>(
      `${OURS} select count(*)::int as ended from charge_attempts where ended_at is not null`,
    );
    if (row !== undefined && row.ended >= charges) return row.ended;
    if (performance.now() > end_ms) throw new Error(`only ${row?.ended} charges have ended`);
    await wait(POLL_MS);
  }
}
