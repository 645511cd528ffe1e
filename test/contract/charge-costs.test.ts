/**
 * What a charge costs, in counts: `npm run bench`, short, on real processes. Time is not judged, because it depends on what
 * else the machine does; counts hardly do. Each bound is far above what was measured, and that of many below what one more for
 * each charge would make of it.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Ground, openGround } from '../../bench/whole/ground.ts';
import { pipeline } from '../../bench/whole/pipeline.ts';
import { single } from '../../bench/whole/single.ts';

// Measured: 0.35; one that is sent for each charge makes it 1.35.
const STATEMENTS_OF_MANY = 1.2;
// Measured: 0.21.
const COMMITS_OF_MANY = 0.75;
// Measured: 11,000.
const WAL_BYTES_OF_MANY = 16_000;
// Measured: 22 to 24, the queue's and the offer's among them.
const STATEMENTS_ALONE = 34;
// Measured: 11.
const COMMITS_ALONE = 17;
// Measured: 16,000 to 33,000, which depends on what Postgres has written since its last checkpoint.
const WAL_BYTES_ALONE = 64_000;

let ground: Ground;
beforeAll(async () => {
  ground = await openGround({ durable: false });
});
afterAll(() => ground?.close());

test('many charges share their statements, commits and log, and each makes two calls to Stripe', async () => {
  const told = await pipeline(ground, { stripe: 'canned' }, { warm: 50, charges: 400, idle_s: 1 });

  console.log(`many: ${JSON.stringify(told)}`);
  expect(told.stripe_writes).toBe(2);
  expect(told.statements).toBeLessThan(STATEMENTS_OF_MANY);
  expect(told.commits).toBeLessThan(COMMITS_OF_MANY);
  expect(told.wal_bytes).toBeLessThan(WAL_BYTES_OF_MANY);
});

test('a charge by itself takes as many statements and commits as its steps need', async () => {
  const { per_charge } = await single(ground, { charges: 20, backlog: 20, idle_s: 1 });

  console.log(`alone: ${JSON.stringify(per_charge)}`);
  expect(per_charge.statements).toBeLessThan(STATEMENTS_ALONE);
  expect(per_charge.commits).toBeLessThan(COMMITS_ALONE);
  expect(per_charge.wal_bytes).toBeLessThan(WAL_BYTES_ALONE);
});
