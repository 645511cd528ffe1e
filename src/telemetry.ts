/**
 * What a process reports about itself: what its parts count, what a scrape reads, and the port for machines. Only the
 * wiring between the parts and `src/platform/metrics.ts`.
 */
import type { TellLease } from './billing/work/lease.ts';
import type { Config } from './platform/config.ts';
import type { Log } from './platform/log.ts';
import type { Metrics } from './platform/metrics.ts';
import { type MetricsPort, openMetricsPort } from './platform/metrics-port.ts';
import { watchQueue, watchRows } from './platform/watched-metrics.ts';
import type { Queue } from './queue/backend.ts';
import type { TellSettled } from './store/charge/settle-charges.ts';
import type { Sql } from './store/postgres/database.ts';
import { createHealth, type Health, isReady } from './store/postgres/health.ts';
import { readMetricRows } from './store/work/metric-rows.ts';
import { kinds } from './store/work/obligations.ts';
import type { PaceRates } from './store/work/pace.ts';
import type { StripeCall } from './stripe/call.ts';

export type Counters = {
  readonly call: (call: StripeCall) => void;
  readonly wait: (endpoint: string, waited_s: number) => void;
  readonly lease: TellLease;
  readonly settled: TellSettled;
};

/** One counter for each part that counts. */
export function countersOf(metrics: Metrics): Counters {
  return {
    call: ({ operation, outcome, seconds }) =>
      metrics.stripeCallSeconds.observe({ operation, outcome }, seconds),
    wait: (endpoint, waited_s) => metrics.paceWaitSeconds.observe({ endpoint }, waited_s),
    lease: (kind, change) => {
      if (change === 'lost') metrics.leasesLostTotal.inc({ kind });
      else metrics.leasesHeld.inc({ kind }, change === 'held' ? 1 : -1);
    },
    settled: ({ attempt_kind, attempt_state, final_state, settled_after_s }) => {
      if (attempt_kind !== null && attempt_state !== null)
        metrics.attemptsTotal.inc({ kind: attempt_kind, outcome: attempt_state });
      if (final_state !== null)
        metrics.chargeSettledSeconds.observe({ status: final_state }, Math.max(0, settled_after_s ?? 0));
    },
  };
}

/** Adds what a scrape reads, and the budget to compare the pace with. */
export function watch(
  metrics: Metrics,
  { sql, queue, rates }: { readonly sql: Sql; readonly queue: Queue; readonly rates: PaceRates },
): void {
  watchRows(metrics.registry, () => readMetricRows(sql));
  watchQueue(metrics.registry, async () => {
    const counts = kinds.map(async (kind) => [kind, await queue.waitingCount(kind)] as const);
    return Object.fromEntries(await Promise.all(counts));
  });
  for (const [scope, calls] of Object.entries(rates)) metrics.paceCallsPerSecond.set({ scope }, calls);
}

/** Opens the port for machines if one is configured, else null. */
export async function openConfiguredPort(
  config: Config,
  { deps, queue }: { readonly deps: { sql: Sql; metrics: Metrics; log: Log }; readonly queue: Queue },
): Promise<MetricsPort | null> {
  if (config.metricsPort === null) return null;
  const opened = await openMetricsPort({
    host: config.metricsHost,
    port: config.metricsPort,
    registry: deps.metrics.registry,
    health: createHealth(deps.sql, config.databaseUrl, queue.ready),
    isReady: (health) => isReady(health as Health),
  });
  deps.log.info({ event: 'metrics.started', port: opened.port });
  return opened;
}
