/**
 * How often an idle deployment reads at Stripe, which grants 10,000 reads in 30 days at least
 * (https://docs.stripe.com/rate-limits). `IDLE_DAYS=30 IDLE_METHODS=1000` plays it at full size.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sweepEventsOnce } from '../../../src/billing/janitor/sweep-events.ts';
import { sweepOrphansOnce } from '../../../src/billing/janitor/sweep-orphans.ts';
import { productionTimings } from '../../../src/platform/timings.ts';
import { moveClock } from '../../../src/store/work/clock-moves.ts';
import { createWorld, type World } from '../../harness/world.ts';

const DAYS = Number(process.env.IDLE_DAYS ?? '0.5');
const METHODS = Number(process.env.IDLE_METHODS ?? '10');
const READS_IN_30_DAYS_MAX = 5_000;
const AT_ONCE = 10;
const STEP_S =
  Math.min(productionTimings.eventsListIntervalMs, productionTimings.orphanSweepIntervalMs) / 1_000;

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const readsOf = async () =>
  (await world.simulator.control.requests()).filter(({ method }) => method === 'GET').map(({ path }) => path);

/** Business time passes with nobody asking for anything, in steps of the shortest polling interval. */
async function pass(seconds: number): Promise<void> {
  for (let at_s = STEP_S; at_s <= seconds; at_s += STEP_S) {
    await moveClock(world.sql, STEP_S * 1_000);
    await world.simulator.control.clock({ advance: STEP_S });
    while (await sweepEventsOnce(world.deps));
    await sweepOrphansOnce(world.deps);
    if (at_s % 3_600 === 0) await world.work();
  }
}

test(
  'an idle deployment stays within half of the reads that Stripe grants',
  async () => {
    for (let saved = 0; saved < METHODS; saved += AT_ONCE)
      await Promise.all(
        Array.from({ length: AT_ONCE }, async () => world.charge(await world.customer('pm_card_visa'))),
      );
    await world.work();
    const [{ paid } = { paid: 0 }] = await world.sql<{ paid: number }[]>`
      select count(*)::int as paid from charges where state = 'succeeded'`;
    expect(paid).toBe(METHODS);
    const before = (await readsOf()).length;

    await pass(DAYS * 86_400);

    const reads = (await readsOf()).slice(before);
    const counts = Object.fromEntries(
      [...new Set(reads)].map((path) => [path, reads.filter((each) => each === path).length]),
    );
    process.stdout.write(
      `${METHODS} methods idle for ${DAYS} days: ${reads.length} reads ${JSON.stringify(counts)}\n`,
    );
    // It looks at all, and at the pace of days, not of the hours right after the last charge.
    expect(reads.length).toBeGreaterThanOrEqual(DAYS * 24);
    expect(reads.length).toBeLessThan((READS_IN_30_DAYS_MAX * DAYS) / 30);
  },
  DAYS * 120_000 + METHODS * 1_000,
);

test('what waits for news is looked for at once again', async () => {
  await pass(6 * 3_600);
  const customer = await world.customer('pm_card_authenticationRequired');
  await world.charge(customer);
  await world.work();
  const quiet = (await readsOf()).filter((path) => path === '/v1/events').length;
  await world.charge(await world.customer('pm_card_visa'));
  await pass(2 * STEP_S);
  expect((await readsOf()).filter((path) => path === '/v1/events').length - quiet).toBeGreaterThanOrEqual(1);
});
