/** The port for machines of real processes, on the queue that this run is about: what it tells, and its end. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NodeProcess } from '../../../sandbox/node-process.ts';
import { endOf } from '../../harness/children.ts';
import { type Stack, startStack } from '../../harness/stack.ts';
import { until } from '../../harness/until.ts';
import { samplesOf, valuesOf } from '../../operations/samples.ts';

const CANARY = 'canary7f3k9q';
const CHARGES = 3;
let stack: Stack;
let api: NodeProcess;
let worker: NodeProcess;
const ids: string[] = [];

beforeAll(async () => {
  stack = await startStack({
    env: { METRICS_PORT: '0', MERCHANT_NAME: CANARY, SMTP_URL: `smtp://user:${CANARY}@127.0.0.1:1` },
    secrets: {
      stripe_secret_key: `sk_test_${CANARY}`,
      stripe_publishable_key: `pk_test_${CANARY}`,
      stripe_webhook_secret: `whsec_${CANARY}`,
      link_secret: `${CANARY}-of-at-least-32-characters-long`,
    },
  });
  api = await stack.startApi();
});
afterAll(() => stack.close());

/** Where a process tells; it says so itself. */
async function portOf(child: NodeProcess): Promise<string> {
  const line = await until('it says where', () =>
    stack.linesOf(child).find((each) => each.includes('"metrics.started"')),
  );
  return `http://127.0.0.1:${(JSON.parse(line) as { port: number }).port}`;
}

async function scrape(child: NodeProcess): Promise<string> {
  const answer = await fetch(`${await portOf(child)}/metrics`);
  expect(answer.status).toBe(200);
  return answer.text();
}

/** Answers the ids of a charge and its customer. */
async function charge(): Promise<[string, string]> {
  const { customer_id } = await stack.customer('pm_card_visa');
  const wanted = { customer: customer_id, amount: 1_250, currency: 'eur', description: CANARY };
  const { status, body } = await stack.api.post('/v1/charges', { ...wanted, metadata: { [CANARY]: CANARY } });
  expect(status).toBe(202);
  return [body.id, customer_id];
}

async function values(child: NodeProcess, name: string): Promise<Record<string, number>> {
  return valuesOf(samplesOf(await scrape(child)), name);
}

test('an API with a port for machines tells there and not at its own', async () => {
  expect((await fetch(`${stack.api_url}/metrics`)).status).toBe(404);
  expect((await fetch(`${stack.api_url}/readyz`)).status).toBe(200);
  const url = await portOf(api);
  expect((await fetch(`${url}/v1/charges`)).status).toBe(404);
  const ready = { postgres: true, queue: true, schema: true, clock: true, stripe: true };
  expect(await (await fetch(`${url}/readyz`)).json()).toEqual(ready);
});

test('charges that nobody works on are due, and jobs in the queue', async () => {
  for (let made = 0; made < CHARGES; made += 1) ids.push(...(await charge()));
  await until('they are offered', async () => {
    const offered = await stack.sql`select 1 from charges where offered_at is not null`;
    return offered.length === CHARGES;
  });
  // Marked first, put on the queue then; and what is looked up is looked up every few seconds only.
  await expect
    .poll(() => values(api, 'duecourse_queue_waiting_jobs'))
    .toMatchObject({ charge: CHARGES, setup: 0 });
  const samples = samplesOf(await scrape(api));
  expect(valuesOf(samples, 'duecourse_rows_read')).toEqual({ '': 1 });
  expect(valuesOf(samples, 'duecourse_due_rows')).toMatchObject({ charge: CHARGES, setup: 0 });
  const requests = valuesOf(samples, 'duecourse_http_request_seconds_count');
  expect(requests).toMatchObject({ 'POST /v1/charges 202': CHARGES });
});

test('a worker counts what it did, and what Stripe told of it', async () => {
  worker = await stack.startWorker();
  await until('all is paid, and told', async () => {
    const paid = await stack.sql`select 1 from charges where state = 'succeeded'`;
    const applied = await stack.sql`select 1 from inbox_events where state = 'applied'`;
    return paid.length === CHARGES && applied.length >= CHARGES;
  });
  // A row is there before who wrote it has counted it; and what is looked up is looked up every few seconds only.
  const told = async () => {
    const samples = samplesOf(await scrape(worker));
    const applied = valuesOf(samples, 'duecourse_event_applied_seconds_count');
    const { charge, setup } = valuesOf(samples, 'duecourse_due_rows');
    return {
      attempts: valuesOf(samples, 'duecourse_attempts_total'),
      settled: valuesOf(samples, 'duecourse_charge_settled_seconds_count'),
      pace: valuesOf(samples, 'duecourse_pace_calls_per_second'),
      due: { charge, setup },
      rounds: Object.keys(valuesOf(samples, 'duecourse_loop_round_seconds_count')).sort(),
      // By webhook, or found in the list first.
      isEachApplied: (applied.webhook ?? 0) + (applied.janitor ?? 0) >= CHARGES,
    };
  };
  await expect.poll(told).toEqual({
    attempts: { 'off_session succeeded': CHARGES },
    settled: { succeeded: CHARGES },
    pace: { per_endpoint: 1_000, global: 4_000 },
    due: { charge: 0, setup: 0 },
    rounds: [
      'analyze-grown done',
      'dispatcher done',
      'dispatcher-deliveries done',
      'forget-history done',
      'number-events done',
      'sweep-events done',
      'sweep-orphans done',
    ],
    isEachApplied: true,
  });
});

test('no secret, address, id or text of anybody is in what either tells', async () => {
  for (const text of [await scrape(api), await scrape(worker)]) {
    expect(text).toContain('duecourse_');
    const said = [CANARY, stack.api_key, 'example.test', ...ids].filter((secret) => text.includes(secret));
    expect(said).toEqual([]);
    expect(text).not.toMatch(/\b(?:cst|chg|rec|msg|evt|pi|pm|cus)_\w{6,}|@/);
  }
});

describe('SIGTERM', () => {
  test.each([
    ['worker', () => worker],
    ['API', () => api],
  ])('ends the port of the %s with it, in time', async (_name, child) => {
    const url = await portOf(child());
    expect((await fetch(`${url}/livez`)).status).toBe(200);
    process.kill(child().pid, 'SIGTERM');
    expect(await endOf(child())).toMatchObject({ code: 0, signal: null });
    await expect(fetch(`${url}/livez`)).rejects.toThrow();
  });
});
