/** The kill switch under load: real processes, and the simulator's own record of when each confirm arrived. */
import { execFile } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Stack, startStack } from '../../harness/stack.ts';
import { until } from '../../harness/until.ts';

const run = promisify(execFile);
const CHARGES = 120;
/** So slow that the load outlasts the typing of a command, on a busy machine too. */
const PER_SECOND = 8;
const CONFIRM = /^\/v1\/payment_intents\/[^/]+\/confirm$/;
/** Long enough for a confirm that should not leave to be seen leaving. */
const WATCH_MS = 3_000;
const TEST_MS = 120_000;

let stack: Stack;

beforeAll(async () => {
  stack = await startStack({
    simulator: { latencyMs: 200 },
    env: { STRIPE_RATE_PER_ENDPOINT: String(PER_SECOND) },
  });
  await Promise.all([stack.startApi(), stack.startWorker(), stack.startWorker()]);
});
afterAll(() => stack.close());

async function charging(...args: string[]) {
  const env = { PATH: process.env.PATH ?? '', DATABASE_URL: stack.database_url };
  const { stdout } = await run(
    process.execPath,
    ['--import', 'tsx', 'scripts/operate/charging.ts', ...args, '--json'],
    { env },
  );
  return JSON.parse(stdout) as { enabled: boolean };
}

async function confirms(): Promise<number[]> {
  const requests = await stack.simulator.control.requests(stack.secrets.stripe_secret_key);
  return requests.filter(({ path }) => CONFIRM.test(path)).map(({ at }) => Date.parse(at));
}

async function charges(): Promise<Record<string, number>> {
  const rows = await stack.sql<{ state: string; count: number }[]>`
    select state, count(*)::int as count from charges group by state`;
  return Object.fromEntries(rows.map(({ state, count }) => [state, count]));
}

test('no confirm leaves a second after it is off, what was on its way is settled, and on again all are paid', {
  timeout: TEST_MS,
}, async () => {
  const customer = await stack.customer('pm_card_visa');
  for (let made = 0; made < CHARGES; made += 1) {
    const body = { customer: customer.customer_id, amount: 1_000 + made, currency: 'eur', description: 'x' };
    expect((await stack.api.post('/v1/charges', body)).status).toBe(202);
  }
  await until('the load is on', async () => (await confirms()).length >= 10);

  expect(await charging('off', '--reason', 'a test')).toMatchObject({ enabled: false });
  const off_ms = Date.now();
  await wait(WATCH_MS);
  const sent = await confirms();
  expect(sent.filter((at_ms) => at_ms > off_ms + 1_000)).toEqual([]);

  await until('what was on its way is settled', async () => {
    const open = await stack.sql`select 1 from charge_attempts where ended_at is null`;
    return open.length === 0;
  });
  const paused = await charges();
  expect(paused.succeeded).toBe(sent.length);
  expect(paused.queued).toBe(CHARGES - sent.length);
  expect(paused.queued).toBeGreaterThan(CHARGES / 4);

  expect(await charging('on')).toMatchObject({ enabled: true });
  await stack.advance(60);
  await until('all are paid', async () => (await charges()).succeeded === CHARGES, {
    most_ms: 60_000,
    tell: charges,
  });
  const { payment_intents } = await stack.simulator.control.ledger(stack.secrets.stripe_secret_key);
  const paid = payment_intents.filter((intent) => intent.status === 'succeeded');
  expect(paid.map((intent) => intent.successes)).toEqual(Array(CHARGES).fill(1));
});
