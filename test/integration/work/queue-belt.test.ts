/** The belt alone, without rows: what is offered is handled, whatever is on the queue and whatever happens to it. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createLog, type Log } from '../../../src/platform/log.ts';
import { openQueue, type Queue } from '../../../src/queue/backend.ts';
import type { Offer } from '../../../src/store/work/obligations.ts';
import { forgeJob, storedJobs, terminateConnections, wipeQueue } from '../../harness/queue-faults.ts';
import {
  createTestDatabase,
  markStartsWorker,
  redisUrl,
  type TestDatabase,
  wipeRedis,
} from '../../harness/services/services.ts';

const timings = { offerTimeoutMs: 1_000 };
let database: TestDatabase;
let queue: Queue;
let lines: string[];
let log: Log;

beforeAll(async () => {
  await wipeRedis();
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  lines = [];
  log = createLog({ level: 'debug', role: 'test', destination: { write: (line) => lines.push(line) } });
  queue = await open();
});
afterEach(async () => {
  await queue.close();
  await wipeQueue(database.url, redisUrl());
});

function open(): Promise<Queue> {
  return openQueue({ redisUrl: redisUrl(), databaseUrl: database.url, timings, log });
}

const offers = (count: number, offer_number = 1): Offer[] =>
  Array.from({ length: count }, (_, index) => ({
    id: `chg_${String(index).padStart(24, 'a')}`,
    offer_number,
  }));

/** Consumes charges and remembers, per job, what came. */
function collect(from: Queue = queue, concurrency = 5): string[][] {
  markStartsWorker();
  const jobs: string[][] = [];
  const consumption = from.consume('charge', { concurrency }, async (ids) => void jobs.push([...ids]));
  onTestFinished(() => consumption.close());
  return jobs;
}

const events = (): (string | undefined)[] => lines.map((line) => JSON.parse(line).event);

describe('what is offered', () => {
  it('is handled, once each, by whoever consumes that kind', async () => {
    const jobs = collect();
    await queue.offer('charge', offers(7));
    await queue.offer('setup', [{ id: 'set_a', offer_number: 1 }]);
    await expect.poll(() => jobs.flat().sort()).toEqual(offers(7).map((offer) => offer.id));
    expect(jobs.every((ids) => ids.length === 1)).toBe(true);
    expect(await queue.waitingCount('setup')).toBe(1);
  });

  it('travels up to 25 ids a job where that is asked for', async () => {
    await queue.offer('charge', offers(60), { ids_per_job: 25 });
    expect(await queue.waitingCount('charge')).toBe(3);
    const jobs = collect(queue, 1);
    await expect.poll(() => jobs.map((ids) => ids.length)).toEqual([25, 25, 10]);
  });

  it('goes ahead of what waits already when a person waits for it', async () => {
    await queue.offer('charge', offers(50), { ids_per_job: 25 });
    await queue.offer('charge', [{ id: 'chg_person', offer_number: 1 }], { first: true });
    const jobs = collect(queue, 1);
    await expect.poll(() => jobs.length).toBe(3);
    expect(jobs[0]).toEqual(['chg_person']);
  });

  it('is one job when the same offer is sent twice, and two when the offer is a new one', async () => {
    const [offer] = offers(1);
    if (offer === undefined) throw new Error('no offer');
    await queue.offer('charge', [offer]);
    await queue.offer('charge', [offer]);
    expect(await queue.waitingCount('charge')).toBe(1);
    await queue.offer('charge', [{ ...offer, offer_number: 2 }]);
    expect(await queue.waitingCount('charge')).toBe(2);
  });

  it('is stored until it is handled and no longer', async () => {
    await queue.offer('charge', offers(30));
    expect(await storedJobs(database.url, redisUrl(), 'charge')).toBe(30);
    const jobs = collect();
    await expect.poll(() => jobs.length).toBe(30);
    await expect.poll(() => storedJobs(database.url, redisUrl(), 'charge')).toBe(0);
  });
});

describe('a job that we did not write', () => {
  it.each([
    ['no data at all', {}],
    ['another version', { v: 2, ids: ['chg_a'] }],
    ['ids that are not texts', { v: 1, ids: [{ $gt: '' }] }],
    ['no ids', { v: 1, ids: [] }],
    ['more ids than a job may carry', { v: 1, ids: offers(26).map((offer) => offer.id) }],
    ['more than ids', { v: 1, ids: ['chg_a'], amount: 1 }],
    ['an array', [1, 2, 3]],
  ])('is dropped with a line in the log: %s', async (_name, data) => {
    const jobs = collect();
    await forgeJob(database.url, redisUrl(), 'charge', data);
    await expect.poll(events).toContain('job.ignored');
    await queue.offer('charge', offers(1));
    await expect.poll(() => jobs).toEqual([[offers(1)[0]?.id]]);
    expect(events()).not.toContain('job.failed');
  });
});

describe('a handler that throws', () => {
  it('ends its job, tells only the log, and takes the next one', async () => {
    markStartsWorker();
    const seen: string[] = [];
    const consumption = queue.consume('charge', { concurrency: 1 }, async ([id]) => {
      seen.push(String(id));
      throw new Error('secret sk_live_canary');
    });
    onTestFinished(() => consumption.close());
    await queue.offer('charge', offers(2));
    await expect.poll(() => seen).toEqual(offers(2).map((offer) => offer.id));
    await expect.poll(() => events().filter((event) => event === 'job.failed').length).toBe(2);
    expect(lines.join('\n')).not.toContain('canary');
  });
});

describe('closing a consumption', () => {
  it('waits for what is under way and takes nothing new', async () => {
    markStartsWorker();
    let finish = (): void => {};
    const begun: string[] = [];
    let ended = 0;
    const consumption = queue.consume('charge', { concurrency: 1 }, async ([id]) => {
      begun.push(String(id));
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      ended += 1;
    });
    await queue.offer('charge', offers(2));
    await expect.poll(() => begun.length).toBe(1);
    const closed = consumption.close(60_000);
    finish();
    await closed;
    expect([begun.length, ended]).toEqual([1, 1]);
    expect(await queue.waitingCount('charge')).toBe(1);
  });

  it('aborts what has not ended when the drain is over', async () => {
    markStartsWorker();
    const signals: AbortSignal[] = [];
    const consumption = queue.consume('charge', { concurrency: 1 }, async (_ids, signal) => {
      signals.push(signal);
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    });
    await queue.offer('charge', offers(1));
    await expect.poll(() => signals.length).toBe(1);
    await consumption.close(50);
    expect(signals[0]?.aborted).toBe(true);
  });
});

describe('a queue wiped under a running consumer', () => {
  it('carries what is offered afterwards', async () => {
    const jobs = collect();
    await queue.offer('charge', offers(3));
    await expect.poll(() => jobs.length).toBe(3);
    await wipeQueue(database.url, redisUrl());
    await queue.offer('charge', offers(40, 2), { ids_per_job: 25 });
    await expect.poll(() => jobs.flat().length).toBe(43);
  });
});

describe('many processes starting at once', () => {
  it('all open the belt on an empty database', async () => {
    const empty = await createTestDatabase();
    onTestFinished(() => empty.drop());
    const opened = await Promise.all(
      Array.from({ length: 6 }, () =>
        openQueue({ redisUrl: redisUrl(), databaseUrl: empty.url, timings, log }),
      ),
    );
    expect(await Promise.all(opened.map((one) => one.ready()))).toEqual(opened.map(() => true));
    await Promise.all(opened.map((one) => one.close()));
  });
});

describe('a belt whose every connection is terminated', () => {
  it('goes on within seconds, producers and consumers alike', async () => {
    const jobs = collect();
    await queue.offer('charge', offers(1));
    await expect.poll(() => jobs.length).toBe(1);
    expect(await terminateConnections(database.url, redisUrl())).toBeGreaterThan(1);
    const offered = (): Promise<boolean> =>
      queue.offer('charge', offers(1, 2)).then(
        () => true,
        () => false,
      );
    await expect.poll(offered).toBe(true);
    await expect.poll(() => jobs.length).toBe(2);
  });
});
