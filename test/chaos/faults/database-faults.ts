import { setTimeout as wait } from 'node:timers/promises';
import { chaosTimings } from '../../../src/platform/timings.ts';
import { between } from '../chance.ts';
import { type Fault, holdUntilMet, inWeather, untilHit } from './fault.ts';

/** Longer than a lease, so that a lease can expire while its renewal is under way. */
const DELAY_MS = chaosTimings.leaseMs + 200;
const HOLD_MS = 700;

export const databaseFaults = {
  postgres_backends_terminated: ({ sql }) =>
    untilHit(async () => {
      const ended = await sql<{ ended: boolean }[]>`
        select pg_terminate_backend(pid) as ended from pg_stat_activity
        where datname = current_database() and application_name like 'duecourse%'`;
      return ended.filter((row) => row.ended).length;
    }),
  postgres_restarted: ({ database }) => untilHit(async () => ((await database.crash()) ? 1 : 0)),
  postgres_cut: ({ proxies }, random) => untilHit(() => proxies.postgres.cut(() => random.chance(0.6))),
  postgres_replies_dropped: ({ proxies }, random) =>
    inWeather(proxies.postgres, { kind: 'drop_replies' }, 'swallowed_bytes', (met) =>
      holdUntilMet(met, between(random, HOLD_MS / 2, HOLD_MS)),
    ),
  postgres_delayed: async ({ proxies }, random) => {
    const hits = await inWeather(proxies.postgres, { kind: 'delay', ms: DELAY_MS }, 'delayed_chunks', (met) =>
      holdUntilMet(met, between(random, HOLD_MS / 2, HOLD_MS)),
    );
    await wait(DELAY_MS);
    return hits;
  },
} as const satisfies Record<string, Fault>;
