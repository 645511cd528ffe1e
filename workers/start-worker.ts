/**
 * A worker: consumers for its roles, the dispatcher and the janitor.
 *
 *   open ─▶ consumers ─▶ loops          stopped in reverse:
 *   loops end their round; consumers take nothing new, drain, then abort; connections close
 *
 * When it dies, leases cover what was under way: another worker goes on from what the rows say.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { advance } from '../src/billing/advance.ts';
import type { Dependencies } from '../src/billing/dependencies.ts';
import { numberEventsOnce } from '../src/billing/events/number-events.ts';
import { handlers } from '../src/billing/handlers.ts';
import { analyzeGrownOnce } from '../src/billing/janitor/analyze-grown.ts';
import { forgetHistoryOnce } from '../src/billing/janitor/forget-history.ts';
import { sweepEventsOnce } from '../src/billing/janitor/sweep-events.ts';
import { sweepOrphansOnce } from '../src/billing/janitor/sweep-orphans.ts';
import { type Composition, compose } from '../src/compose.ts';
import type { Config } from '../src/platform/config.ts';
import type { Lifecycle } from '../src/platform/lifecycle.ts';
import type { Log } from '../src/platform/log.ts';
import type { Metrics } from '../src/platform/metrics.ts';
import { startPollLoop } from '../src/platform/poll-loop.ts';
import type { Timings } from '../src/platform/timings.ts';
import type { Consumption, Handle } from '../src/queue/consume.ts';
import { dispatchDeliveriesOnce, dispatchOnce } from '../src/queue/dispatcher.ts';
import { listenClockMoves } from '../src/store/work/clock-moves.ts';
import type { Kind } from '../src/store/work/obligations.ts';
import { openConfiguredPort } from '../src/telemetry.ts';

export type WorkerOptions = {
  readonly config: Config;
  readonly kinds: readonly Kind[];
  readonly timings: Timings;
  readonly log: Log;
  readonly lifecycle: Lifecycle;
};

type Loops = { wake(): void; stop(): Promise<void> };

/** Starts every part under the given lifecycle, which stops them. */
export async function startWorker(options: WorkerOptions): Promise<Composition> {
  const { config, kinds, timings, log, lifecycle } = options;
  const opened = await lifecycle.start('connections', {
    start: () => compose(config, { role: 'worker', log, timings }),
    stop: (composition) => composition.close(),
  });
  // Starts before the work and stops after it: a draining worker must still be observable.
  await lifecycle.start('metrics', {
    start: () => openConfiguredPort(config, opened),
    stop: (port) => port?.close(),
  });
  await lifecycle.start('consumers', {
    start: () => startConsumers(opened, kinds),
    stop: (consumptions) => stopConsumers(opened, consumptions, timings.workerDrainMs),
  });
  const loops = await lifecycle.start('loops', {
    start: () => startLoops(opened),
    stop: (started) => started.stop(),
  });
  if (config.testMode) {
    await lifecycle.start('clock', {
      start: () => listenClockMoves(opened.deps.sql, loops.wake),
      stop: (unlisten) => unlisten(),
    });
  }
  return opened;
}

function startConsumers({ deps, queue }: Composition, kinds: readonly Kind[]): Consumption[] {
  return kinds.map((kind) => {
    const { concurrency } = handlers[kind];
    return queue.consume(kind, { concurrency }, jobsOf(deps, kind));
  });
}

/**
 * What a consumer does with the ids of a job: one use-case call.
 *
 * The job's signal stops work that has not begun. Work that has begun goes on: its right to act is the lease in
 * Postgres, which neither a lost job lock nor a wiped queue takes away, and an aborted call to Stripe would only be
 * one more unknown.
 */
function jobsOf(deps: Dependencies, kind: Kind): Handle {
  return async (ids, signal) => {
    if (signal.aborted) return;
    const { advanced, passed, failed } = await advance(deps, kind, ids);
    const outcome = failed > 0 ? 'failed' : 'done';
    deps.log.debug({ event: 'job.done', queue: kind, count: advanced, outcome });
    if (advanced + failed === 0) deps.log.debug({ event: 'job.idle', queue: kind, count: passed });
  };
}

/** Lets jobs finish by themselves for a while, then aborts what they hold. */
async function stopConsumers(
  { deps }: Composition,
  consumptions: readonly Consumption[],
  drain_ms: number,
): Promise<void> {
  const timer = setTimeout(() => deps.leases.abortAll(), drain_ms);
  try {
    await Promise.all(consumptions.map((consumption) => consumption.close(drain_ms)));
  } finally {
    clearTimeout(timer);
  }
}

function startLoops({ deps, queue }: Composition): Loops {
  const { sql, timings, log, metrics } = deps;
  const startLoop = (
    name: string,
    intervalMs: number,
    once: Round,
    longest: { backoffMaxMs?: number } = {},
  ) => startPollLoop({ name, intervalMs, log, once: timed(metrics, name, once), ...longest });
  const deliveries = startLoop('dispatcher-deliveries', timings.dispatchIntervalMs, async () => {
    if ((await dispatchDeliveriesOnce({ sql, queue, timings, log })) === 0) return false;
    // What they leave free is there in a moment.
    await delay(timings.notifyDispatchPauseMs);
    return true;
  });
  const loops = [
    deliveries,
    // When the queue comes back, everything is due at once: look often, even after errors.
    startLoop('dispatcher', timings.dispatchIntervalMs, () => dispatchOnce({ sql, queue, timings, log }), {
      backoffMaxMs: 5 * timings.dispatchIntervalMs,
    }),
    startLoop('number-events', timings.numberEventsIntervalMs, () => numberEventsOnce(deps, deliveries.wake)),
    startLoop('sweep-events', timings.janitorIntervalMs, (signal) => sweepEventsOnce(deps, signal)),
    startLoop('sweep-orphans', timings.janitorIntervalMs, async (signal) => {
      await sweepOrphansOnce(deps, signal);
      return false;
    }),
    startLoop('forget-history', timings.janitorIntervalMs, async (signal) => {
      await forgetHistoryOnce(deps, signal);
      return false;
    }),
    startLoop('analyze-grown', timings.janitorIntervalMs, async () => {
      await analyzeGrownOnce(deps);
      return false;
    }),
  ];
  return {
    wake: () => {
      for (const loop of loops) loop.wake();
    },
    stop: async () => {
      await Promise.all(loops.map((loop) => loop.stop()));
    },
  };
}

type Round = (signal: AbortSignal) => Promise<boolean>;

/** Records how long each round took and whether it threw; its count shows that a worker is at work. */
function timed(metrics: Metrics, loop: string, round: Round): Round {
  return async (signal) => {
    const end = metrics.loopRoundSeconds.startTimer({ loop });
    let outcome = 'failed';
    try {
      const isMore = await round(signal);
      outcome = 'done';
      return isMore;
    } finally {
      end({ outcome });
    }
  };
}
