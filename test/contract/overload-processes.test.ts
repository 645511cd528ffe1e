/** `npm run bench:api -- --soak`, short: real processes, more requests than one can take, SIGTERM in the middle. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { soak } from '../../bench/api/soak.ts';
import { openStage, type Stage } from '../../bench/api/stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage({ redis: false, workers: 1, durable: false });
});
afterAll(() => stage?.close());

test('more than it can take is turned away, and what was taken in is settled, whoever stops meanwhile', async () => {
  const report = await soak(
    stage,
    {
      // More than one process answers on any machine.
      burst: { rate_per_s: 5_000, seconds: 0.6 },
      stops: { count: 2, every_s: 3, rate_per_s: 100 },
      webhooks: { rate_per_s: 200, seconds: 2 },
    },
    () => {},
  );

  // How soon is the bench's to judge, on a machine that does nothing else.
  console.log(
    `burst: ${JSON.stringify(report.burst.all)}${report.slow.map((each) => `; not ${each}`).join('')}`,
  );
  expect(report.broken, JSON.stringify(report)).toEqual([]);
});
