/**
 * Virtual time and the processes in it. One process runs at a time, from its waking until it waits for a statement or
 * for Stripe; then the next planned thing happens. The order depends on no real clock, no timer and no chance but the
 * seed's, so a schedule can be repeated to the last step.
 *
 * A killed process is simply never woken again: its `finally` blocks do not run, as after `kill -9`.
 */
import { createHeap } from './heap.ts';

export type Process = {
  readonly name: string;
  alive: boolean;
  /** Virtual time of its last statement: what it knows is as old as this. */
  knows_at_ms: number;
};

export type Scheduler = {
  now_ms(): number;
  /** Plans something other than a process: a request that arrives at Stripe, a queue that delivers. */
  at(at_ms: number, happen: () => void): void;
  /** Starts a process `delay_ms` from now. */
  spawn(name: string, delay_ms: number, body: () => Promise<unknown>): Process;
  /** The process that runs now; throws between processes. */
  current(): Process;
  /**
   * Makes the running process wait; `begin` plans its waking. It may wait for several things at once: then it goes on when
   * all have come, or the first has failed.
   */
  block<T>(begin: (process: Process, wake: Wake<T>) => void): Promise<T>;
  kill(process: Process): void;
  /** Kills every process that has begun and not ended. */
  killAll(): void;
  /** How many things have happened. */
  steps(): number;
  /** Runs until nothing more is planned, or until `steps_max` things have happened. */
  run(steps_max: number): Promise<'drained' | 'exhausted'>;
};

export type Wake<T> = {
  /** Gives the process its answer now; does nothing for a killed one. */
  resolve(value: T): void;
  reject(error: unknown): void;
};

type Together = { readonly process: Process; awaited: number };

export type Failed = (process: Process, error: unknown) => void;

/** What `queueMicrotask` does, at a quarter of the cost. */
const NOW = Promise.resolve();

/** A scheduler at time zero. `failed` receives processes that end in an exception. */
export function createScheduler(failed: Failed): Scheduler {
  const heap = createHeap();
  let now_ms = 0;
  let order = 0;
  const living = new Set<Process>();
  let running: Process | null = null;
  /** What the process that ran last has begun to wait for, until something else happens. */
  let joined: Together | null = null;
  let steps = 0;
  let steps_max = 0;
  let finish: (how: 'drained' | 'exhausted') => void = () => {};

  function at(at_ms: number, happen: () => void): void {
    heap.push({ at_ms: at_ms < now_ms ? now_ms : at_ms, order, happen });
    order += 1;
  }

  /** Lets things happen until a process runs again. */
  function turn(): void {
    joined = null;
    while (running === null) {
      const next = steps >= steps_max ? undefined : heap.pop();
      if (next === undefined) {
        finish(steps >= steps_max ? 'exhausted' : 'drained');
        return;
      }
      steps += 1;
      now_ms = next.at_ms;
      next.happen();
    }
  }

  function rest(): void {
    running = null;
    void NOW.then(turn);
  }

  function spawn(name: string, delay_ms: number, body: () => Promise<unknown>): Process {
    const process: Process = { name, alive: true, knows_at_ms: now_ms };
    at(now_ms + delay_ms, () => {
      process.knows_at_ms = now_ms;
      living.add(process);
      running = process;
      const end = () => {
        living.delete(process);
        rest();
      };
      void NOW.then(body).then(end, (error: unknown) => {
        failed(process, error);
        end();
      });
    });
    return process;
  }

  function block<T>(begin: (process: Process, wake: Wake<T>) => void): Promise<T> {
    const together = running === null ? joined : { process: running, awaited: 0 };
    if (together === null) throw new Error('only a running process can wait');
    const { process } = together;
    together.awaited += 1;
    return new Promise<T>((resolve, reject) => {
      if (running !== null) rest();
      joined = together;
      begin(process, {
        resolve: (value) => {
          if (!process.alive || together.awaited === 0) return;
          together.awaited -= 1;
          if (together.awaited === 0) running = process;
          resolve(value);
        },
        reject: (error) => {
          if (!process.alive || together.awaited === 0) return;
          together.awaited = 0;
          running = process;
          reject(error);
        },
      });
    });
  }

  return {
    now_ms: () => now_ms,
    at,
    spawn,
    current: () => {
      if (running === null) throw new Error('no process runs');
      return running;
    },
    block,
    kill: (process) => {
      process.alive = false;
      living.delete(process);
    },
    killAll: () => {
      for (const process of living) process.alive = false;
      living.clear();
    },
    steps: () => steps,
    run: (limit) =>
      new Promise((resolve) => {
        steps_max = limit;
        finish = resolve;
        turn();
      }),
  };
}
