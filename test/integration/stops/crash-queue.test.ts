/**
 * What may befall the queue while charges are on it: it hangs, it is cut, it delivers a job again when all is done.
 * The rows are what counts, so nothing is lost and nothing is done twice.
 */
import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { NodeProcess } from '../../../sandbox/node-process.ts';
import { openProxy } from '../../harness/cut-off-proxy.ts';
import { forgeJob, storedJobs, terminateConnections } from '../../harness/queue-faults.ts';
import { onEachServer } from '../../harness/services/redis-servers.ts';
import { markStartsWorker, queueBackend, redisUrl } from '../../harness/services/services.ts';
import { type Stack, startStack } from '../../harness/stack.ts';
import { until } from '../../harness/until.ts';

const TEST_MS = 120_000;
/** Connections that the processes hold at least when they are at work. */
const BACK_MIN = 4;

let stack: Stack;
let door: NodeProcess;
let proxy: Awaited<ReturnType<typeof openProxy>> | null = null;

beforeAll(async () => {
  const redis = redisUrl();
  proxy = redis === null || queueBackend() === 'redis-cluster' ? null : await openProxy(redis);
  stack = await startStack(proxy === null ? {} : { env: { REDIS_URL: proxy.url } });
  [door] = await Promise.all([stack.startApi(), stack.startWorker()]);
});

afterAll(async () => {
  await stack.close();
  await proxy?.close();
});

/** Stops the queue from answering; answers how to let it go on. */
async function hangQueue(): Promise<() => Promise<void>> {
  if (proxy !== null) {
    proxy.freeze();
    return async () => proxy?.thaw();
  }
  const cluster = redisUrl();
  if (cluster !== null) {
    // A Cluster tells its clients where its nodes are: no proxy would stay between them.
    await onEachServer(cluster, (node) => node.call('CLIENT', 'PAUSE', String(TEST_MS), 'WRITE'));
    return async () => void (await onEachServer(cluster, (node) => node.call('CLIENT', 'UNPAUSE')));
  }
  const sql = postgres(stack.database_url, { max: 1, onnotice: () => {} });
  const tables = await sql<{ name: string }[]>`
    select format('bullmq.%I', tablename) as name from pg_tables
    where schemaname = 'bullmq' and tablename <> 'migration'`;
  const names = tables.map(({ name }) => name).join(', ');
  // A worker in the middle of a move may hold one table and want another: then one of the two is told of a deadlock.
  await until('the queue lets itself be locked', () =>
    sql.unsafe(`rollback; begin; lock table ${names} in access exclusive mode`).then(
      () => true,
      () => false,
    ),
  );
  return () => sql.end({ timeout: 0 });
}

async function charge(): Promise<string> {
  const { customer_id } = await stack.customer('pm_card_visa');
  const { status, body } = await stack.api.post('/v1/charges', {
    customer: customer_id,
    amount: 1_250,
    currency: 'eur',
    description: 'Power in October',
  });
  expect(status).toBe(202);
  return body.id;
}

/** Reads through whatever has just happened to our own connection, too. */
const stateOf = async (id: string): Promise<unknown> =>
  stack.sql`select state from charges where id = ${id}`.then(
    ([row]) => row?.state,
    () => null,
  );

async function expectPaidOnce(id: string): Promise<void> {
  await until(`${id} is paid`, async () => (await stateOf(id)) === 'succeeded', {
    most_ms: 60_000,
    tell: () => stack.sql`
      select c.*, clock_timestamp() as now, a.state as attempt, a.send_count
      from charges c left join charge_attempts a on a.charge_id = c.id where c.id = ${id}`,
  });
  expect(await stack.ledger(id)).toMatchObject([{ successes: 1, confirms: 1 }]);
}

test('a queue that hangs keeps nobody waiting, and what was accepted meanwhile is paid when it is back', {
  timeout: TEST_MS,
}, async () => {
  markStartsWorker();
  const { customer_id } = await stack.customer('pm_card_visa');
  const goOn = await hangQueue();
  const began_ms = performance.now();
  const { status, body } = await stack.api.post('/v1/charges', {
    customer: customer_id,
    amount: 1_250,
    currency: 'eur',
    description: 'Power in October',
  });
  const took_ms = performance.now() - began_ms;
  const lineOf = (event: string) => api.findLastIndex((line) => line.includes(`"${event}"`));
  let api: string[] = [];
  await until('the offer is lost', () => {
    api = stack.linesOf(door);
    return lineOf('offer.lost') !== -1;
  });
  await goOn();

  console.log(`accepted in ${Math.round(took_ms)} ms while the queue on ${queueBackend()} hung`);
  expect(status).toBe(202);
  // The queue was not waited for: the merchant had the answer before the offer was given up.
  const answered = api.findIndex((line) => line.includes('"request.answered"') && line.includes('"POST"'));
  expect(answered).toBeGreaterThan(-1);
  expect(answered).toBeLessThan(lineOf('offer.lost'));
  await expectPaidOnce(body.id);
});

test('a job that is delivered again after its charge was settled does nothing', {
  timeout: TEST_MS,
}, async () => {
  markStartsWorker();
  const id = await charge();
  await expectPaidOnce(id);
  const sent = async () => (await stack.simulator.control.requests(stack.secrets.stripe_secret_key)).length;
  const before = await sent();
  const [row] = await stack.sql`select revision, version from charges where id = ${id}`;

  for (let times = 0; times < 5; times += 1)
    await forgeJob(stack.database_url, redisUrl(), 'charge', { v: 1, ids: [id] });
  await until('the jobs are gone', async () => {
    return (await storedJobs(stack.database_url, redisUrl(), 'charge')) === 0;
  });

  const ofCharge = (await stack.simulator.control.requests(stack.secrets.stripe_secret_key))
    .slice(before)
    .filter(({ idempotency_key }) => idempotency_key?.includes(id) === true);
  expect(ofCharge).toEqual([]);
  expect(await stack.sql`select revision, version from charges where id = ${id}`).toEqual([row]);
});

test('connections that are terminated again and again slow charges down and lose none', {
  timeout: TEST_MS,
}, async () => {
  markStartsWorker();
  const ids = await Promise.all(Array.from({ length: 40 }, charge));
  for (let times = 0; times < 6; times += 1) {
    // Not before they have come back from the last time.
    await until('connections are cut', async () => {
      return (await terminateConnections(stack.database_url, redisUrl()).catch(() => 0)) >= BACK_MIN;
    });
  }
  for (const id of ids) await expectPaidOnce(id);
});
