/**
 * One charge by itself: from `POST /v1/charges` until it is settled, while nothing else is to do and while a worker has
 * thousands before it. A notification of the row's change tells us, as it tells a caller who waits.
 */
import { spreadOf } from '../load/open-loop.ts';
import { openWire, type Wire } from '../load/wire.ts';
import type { Ground } from './ground.ts';
import { bodiesOf, writeCharges } from './payers.ts';
import { rest, untilSettled } from './pipeline.ts';
import { OURS, type PerCharge, read, usedPer } from './readings.ts';
import { openScene, type Scene } from './scene.ts';

export type Lone = {
  readonly idle: Latencies;
  readonly during_run: Latencies;
  /** Of a lone charge on an idle machine, less what all processes use without one. */
  readonly per_charge: PerCharge;
};

/** Milliseconds; all of them, because a quantile of few needs the other rounds' too. */
export type Latencies = { readonly ms: readonly number[]; readonly p50_ms: number; readonly p99_ms: number };

export type LoneWork = { readonly charges: number; readonly backlog: number; readonly idle_s: number };

const WARM = 20;
const AGAIN_MS = 50;
const SETTLED_MS = 120_000;

export async function single(ground: Ground, { charges, backlog, idle_s }: LoneWork): Promise<Lone> {
  const scene = await openScene(ground, { stripe: 'canned', api: true });
  const api = openWire(scene.api_url, {
    authorization: `Bearer ${scene.api_key}`,
    'content-type': 'application/json',
  });
  const watch = await watchCharges(scene);
  const bodies = bodiesOf(scene.payers);
  let sent = 0;
  const chargeOnce = async (): Promise<number> => {
    const body = bodies[sent % bodies.length] ?? '';
    const began_ms = performance.now();
    sent += 1;
    const id = await accepted(api, body, `lone-${sent}`);
    await watch.settled(id);
    return performance.now() - began_ms;
  };
  const charge = async (count: number, isOver = async () => false): Promise<number[]> => {
    const times: number[] = [];
    while (times.length < count && !(await isOver())) times.push(await chargeOnce());
    return times;
  };
  try {
    await charge(WARM);
    await scene.sql.unsafe(`${OURS} analyze`);
    const resting = await rest(scene, idle_s);
    const before = await read(scene.sql, scene.clocks);
    const idle = await charge(charges);
    const after = await read(scene.sql, scene.clocks);
    await writeCharges(scene.sql, backlog);
    const during_run = await charge(charges, () => isNearlyDone(scene, backlog));
    await untilSettled(scene);
    const per_charge = usedPer(charges, before, after, resting);
    return { idle: latencies(idle), during_run: latencies(during_run), per_charge };
  } finally {
    await watch.close();
    api.close();
    await scene.close();
  }
}

function latencies(ms: readonly number[]): Latencies {
  const { p50_ms, p99_ms } = spreadOf(ms.map((each) => ({ answered: 'settled', ms: each })));
  return { ms: ms.map((each) => Number(each.toFixed(1))), p50_ms, p99_ms };
}

async function accepted(api: Wire, body: string, key: string): Promise<string> {
  for (;;) {
    const { status, text } = await api.send('POST', '/v1/charges', body, { 'idempotency-key': key });
    if (status === 202) return (JSON.parse(text) as { id: string }).id;
    if (status !== 503) throw new Error(`POST /v1/charges answered ${status}: ${text}`);
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
}

/** Whether so little of the backlog is left that a charge would soon be alone. */
async function isNearlyDone({ sql }: Scene, backlog: number): Promise<boolean> {
  const [row] = await sql.unsafe<{ due: number }[]>(
    `${OURS} select count(*)::int as due from charges where due_at is not null`,
  );
  return (row?.due ?? 0) < backlog / 10;
}

/** Hears of every change of a charge; the change to `succeeded` may have come before somebody asks. */
async function watchCharges({ sql }: Scene) {
  let changed: (id: string) => void = () => {};
  const listening = await sql.listen('dc_changed', (id) => changed(id));
  const isSettled = async (id: string): Promise<boolean> => {
    const [row] = await sql.unsafe<{ state: string }[]>(`${OURS} select state from charges where id = $1`, [
      id,
    ]);
    return row?.state === 'succeeded';
  };
  return {
    async settled(id: string): Promise<void> {
      const end_ms = performance.now() + SETTLED_MS;
      for (;;) {
        const next = new Promise<void>((resolve) => {
          changed = (of) => of === id && resolve();
        });
        if (await isSettled(id)) return;
        await Promise.race([next, new Promise((resolve) => setTimeout(resolve, 1_000).unref())]);
        if (performance.now() > end_ms) throw new Error(`${id} is not settled`);
      }
    },
    close: () => listening.unlisten(),
  };
}
