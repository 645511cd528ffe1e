/** SIGTERM to one process of a sandbox after another, as in a deployment; the sandbox starts each again. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Sandbox } from '../../sandbox/start-sandbox.ts';
import { productionTimings } from '../../src/platform/timings.ts';

export type Stops = {
  readonly sent: number;
  /** Exited with 0, not killed, within the deadline. */
  readonly clean: number;
  readonly slowest_ms: number;
};

const POLL_MS = 50;
/** For the scheduling delays of an overloaded machine. */
const SLACK_MS = 1_000;

/** The API and the workers in turns, each only once it is back from its last stop. */
export async function stopInTurns(sandbox: Sandbox, count: number, every_ms: number): Promise<Stops> {
  const times: (number | null)[] = [];
  for (let turn = 0; turn < count; turn += 1) {
    await wait(every_ms / 2);
    const { api, workers } = sandbox.ready().pids;
    const pids = [api, ...workers];
    times.push(await stopOne(sandbox, pids[turn % pids.length] ?? api));
    await wait(every_ms / 2);
  }
  const clean = times.filter((ms) => ms !== null && ms <= productionTimings.stopDeadlineMs + SLACK_MS);
  return {
    sent: times.length,
    clean: clean.length,
    slowest_ms: Math.max(0, ...times.map((ms) => ms ?? Number.POSITIVE_INFINITY)),
  };
}

/** How long it took to exit with 0; null if it ended otherwise. */
async function stopOne(sandbox: Sandbox, pid: number): Promise<number | null> {
  const began_ms = performance.now();
  process.kill(pid, 'SIGTERM');
  for (;;) {
    const exit = sandbox.exits().find((one) => one.pid === pid);
    if (exit !== undefined) return exit.code === 0 ? Math.round(performance.now() - began_ms) : null;
    if (performance.now() - began_ms > 3 * productionTimings.stopDeadlineMs) return null;
    await wait(POLL_MS);
  }
}
