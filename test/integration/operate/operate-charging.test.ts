/** The kill switch under load: real processes, and when each attempt was opened by the database's clock. */
import { execFile } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { builtScript } from '../../harness/built.ts';
import { type Stack, startStack } from '../../harness/stack.ts';
import { until } from '../../harness/until.ts';

const run = promisify(execFile);
/** So slow that a worker has always something left to do. */
const PER_SECOND = 3;
/** What is owed at least while the command is typed, however long that takes. */
const OWED_MIN = 40;
const CONFIRM = /^\/v1\/payment_intents\/[^/]+\/confirm$/;
/** Long enough for an attempt that should not be opened to be seen. */
const WATCH_MS = 3_000;

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
    [builtScript('scripts/operate/charging.ts'), ...args, '--json'],
    { env },
  );
  return JSON.parse(stdout) as { enabled: boolean };
}

/** Business time by which every statement that began while charging was on has ended. */
async function offFrom(): Promise<Date> {
  const [row] = await stack.sql<{ at: Date }[]>`select clock_timestamp() as at`;
  await until('no earlier statement runs', async () => {
    const running = await stack.sql`
      select 1 from pg_stat_activity
      where datname = current_database() and state <> 'idle' and query_start < ${row?.at ?? null}
        and pid <> pg_backend_pid()`;
    return running.length === 0;
  });
  const [after] = await stack.sql<{ at: Date }[]>`select dc_now() as at`;
  return after?.at ?? new Date(0);
}

async function confirms(): Promise<number> {
  const requests = await stack.simulator.control.requests(stack.secrets.stripe_secret_key);
  return requests.filter(({ path }) => CONFIRM.test(path)).length;
}

/** Asks for charges as fast as they are paid, until it is stopped; answers how many there are then. */
async function keepLoaded(): Promise<{ stop(): Promise<number> }> {
  const customer = await stack.customer('pm_card_visa');
  let made = 0;
  let isOn = true;
  const ask = async (): Promise<void> => {
    const body = { customer: customer.customer_id, amount: 1_000 + made, currency: 'eur', description: 'x' };
    expect((await stack.api.post('/v1/charges', body)).status).toBe(202);
    made += 1;
  };
  const asking = (async () => {
    while (isOn) {
      const { queued = 0 } = await charges();
      if (queued < OWED_MIN) await Promise.all(Array.from({ length: Math.min(8, OWED_MIN - queued) }, ask));
      else await wait(20);
    }
  })();
  asking.catch(() => {});
  return {
    stop: async () => {
      isOn = false;
      await asking;
      return made;
    },
  };
}

async function charges(): Promise<Record<string, number>> {
  const rows = await stack.sql<{ state: string; count: number }[]>`
    select state, count(*)::int as count from charges group by state`;
  return Object.fromEntries(rows.map(({ state, count }) => [state, count]));
}

test('no attempt is opened once it is off, what was on its way is settled, and on again all are paid', async () => {
  const load = await keepLoaded();
  await until('the load is on', async () => {
    const { queued = 0 } = await charges();
    return queued >= OWED_MIN / 2 && (await confirms()) >= 10;
  });

  expect(await charging('off', '--reason', 'a test')).toMatchObject({ enabled: false });
  const made = await load.stop();
  const off_at = await offFrom();
  await wait(WATCH_MS);
  const opened = await stack.sql`select 1 from charge_attempts where started_at > ${off_at}`;
  expect(opened).toHaveLength(0);

  await until('what was on its way is settled', async () => {
    const open = await stack.sql`select 1 from charge_attempts where ended_at is null`;
    return open.length === 0;
  });
  const sent = await confirms();
  const paused = await charges();
  expect(paused.succeeded).toBe(sent);
  expect(paused.queued).toBe(made - sent);
  expect(paused.queued).toBeGreaterThan(OWED_MIN / 4);

  expect(await charging('on')).toMatchObject({ enabled: true });
  await stack.advance(60);
  await until('all are paid', async () => (await charges()).succeeded === made, {
    most_ms: 90_000,
    tell: charges,
  });
  const { payment_intents } = await stack.simulator.control.ledger(stack.secrets.stripe_secret_key);
  const paid = payment_intents.filter((intent) => intent.status === 'succeeded');
  expect(paid.map((intent) => intent.successes)).toEqual(Array(made).fill(1));
});
