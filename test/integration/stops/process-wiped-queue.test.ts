/** The queue is wiped under a working worker, with many jobs waiting and attempts on the wire. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { wipeQueue } from '../../harness/queue-faults.ts';
import { markStartsWorker, queueBackend, redisUrl } from '../../harness/services/services.ts';
import { type Stack, startStack } from '../../harness/stack.ts';
import { until } from '../../harness/until.ts';
import { waitingJobs } from '../../harness/waiting-jobs.ts';

const CHARGES = 100;
const QUEUED_MIN = 50;
const OPEN_MIN = 5;
/** Shorter than a worker's patience with Stripe, long enough to look. */
const CONFIRM_MS = 800;
const TEST_MS = 120_000;

let stack: Stack;

beforeAll(async () => {
  stack = await startStack();
  await stack.startApi();
});

afterAll(() => stack.close());

async function chargeMany(): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < CHARGES; n += 1) {
    const { customer_id } = await stack.customer('pm_card_visa');
    const { status, body } = await stack.api.post('/v1/charges', {
      customer: customer_id,
      amount: 1_000 + n,
      currency: 'eur',
      description: 'Power in October',
    });
    expect(status).toBe(202);
    ids.push(body.id);
  }
  return ids;
}

async function countCharges(where: 'open' | 'succeeded'): Promise<number> {
  const [row] =
    where === 'open'
      ? await stack.sql`select count(*)::int as n from charge_attempts where ended_at is null`
      : await stack.sql`select count(*)::int as n from charges where state = 'succeeded'`;
  return Number(row?.n);
}

test(
  'every charge is settled all the same, none twice',
  async () => {
    markStartsWorker();
    const ids = await chargeMany();
    await stack.simulator.control.faults({
      match: { route: '/v1/payment_intents/:id/confirm' },
      action: { type: 'delay', ms: CONFIRM_MS },
      times: CHARGES * 2,
    });
    await stack.startWorker();
    const seen = await until('jobs wait while attempts are open', async () => {
      const queued = await waitingJobs(stack.database_url, redisUrl(), 'charge');
      const open = await countCharges('open');
      return queued >= QUEUED_MIN && open >= OPEN_MIN ? { queued, open } : null;
    });

    await wipeQueue(stack.database_url, redisUrl());

    const left = await waitingJobs(stack.database_url, redisUrl(), 'charge');
    console.log(`queue wiped on ${queueBackend()}: ${seen.queued} jobs queued, ${seen.open} attempts open`);
    expect(left).toBeLessThan(seen.queued);
    await until('all are paid', async () => (await countCharges('succeeded')) === CHARGES, {
      most_ms: 60_000,
      tell: () => stack.sql`select state, count(*)::int from charges group by state`,
    });
    const { payment_intents } = await stack.simulator.control.ledger(stack.secrets.stripe_secret_key);
    const live = payment_intents.filter((intent) => intent.status !== 'canceled');
    expect(live.map((intent) => String(intent.metadata.dc_charge)).sort()).toEqual(ids.sort());
    expect(new Set(live.map((intent) => intent.successes))).toEqual(new Set([1]));
    expect(await countCharges('open')).toBe(0);
  },
  TEST_MS,
);
