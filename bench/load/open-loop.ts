/**
 * An open loop: it sends each request at its time, whatever became of the earlier ones, and measures latency from that
 * time. A closed loop (a fixed number of callers, each waiting for its answer) slows down with the server and so leaves
 * out exactly the requests that would have waited: coordinated omission.
 */
import { setTimeout as wait } from 'node:timers/promises';

/** One request: its answer (a status, or a word for it), and how long that took from its time on. */
export type Shot = { readonly answered: string; readonly ms: number };

export type Salvo = {
  readonly shots: readonly Shot[];
  /** How late the generator itself was at worst; the latencies include it. */
  readonly late_ms: number;
};

const TICK_MS = 1;

/** Sends `rate_per_s` for this many seconds, and resolves when the last is answered. */
export async function fire(
  load: { readonly rate_per_s: number; readonly seconds: number },
  send: (index: number) => Promise<string>,
): Promise<Salvo> {
  const count = Math.round(load.rate_per_s * load.seconds);
  const shots: Shot[] = [];
  const under_way: Promise<void>[] = [];
  const began_ms = performance.now();
  let late_ms = 0;
  for (let index = 0; index < count; index += 1) {
    const due_ms = began_ms + (index * 1_000) / load.rate_per_s;
    while (performance.now() < due_ms) await wait(TICK_MS);
    late_ms = Math.max(late_ms, performance.now() - due_ms);
    under_way.push(
      send(index).then((answered) => void shots.push({ answered, ms: performance.now() - due_ms })),
    );
    // Otherwise a loop that is behind would send without ever reading an answer.
    if (index % 64 === 63) await new Promise((resolve) => setImmediate(resolve));
  }
  await Promise.all(under_way);
  return { shots, late_ms: Math.round(late_ms) };
}

export type Spread = {
  readonly count: number;
  readonly p50_ms: number;
  readonly p99_ms: number;
  readonly max_ms: number;
};

/** For those with this answer, or for all. */
export function spreadOf(shots: readonly Shot[], answered?: string): Spread {
  const times = shots
    .filter((shot) => answered === undefined || shot.answered === answered)
    .map((shot) => shot.ms)
    .sort((one, other) => one - other);
  const at = (share: number) =>
    Number((times[Math.max(0, Math.ceil(share * times.length) - 1)] ?? 0).toFixed(1));
  return { count: times.length, p50_ms: at(0.5), p99_ms: at(0.99), max_ms: at(1) };
}

/** How many got which answer. */
export function answersOf(shots: readonly Shot[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { answered } of shots) counts[answered] = (counts[answered] ?? 0) + 1;
  return counts;
}
