/**
 * A worker is killed at every place around create, bind, confirm, settle and cancel, each in a process of its own that
 * dies there and nowhere else; another worker, stopped meanwhile, then goes on from what the rows say.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NodeProcess } from '../../../sandbox/node-process.ts';
import { endOf } from '../../harness/children.ts';
import { markStartsWorker, queueBackend } from '../../harness/services/services.ts';
import { type Stack, startStack } from '../../harness/stack.ts';
import { until } from '../../harness/until.ts';
import type { SavedCustomer } from '../../harness/world.ts';

const PLACES = [
  'claim.before',
  'claim.after_effect',
  'create.before',
  'create.after_effect',
  'bind.before',
  'bind.after_effect',
  'bind.after',
  'confirm.before',
  'confirm.after_effect',
  'confirm.after',
  'settle.before',
  'settle.after_effect',
  'settle.after',
] as const;
/** Where the attempt is written ahead and not yet resolved. */
const LEAVES_OPEN = new Set<string>([
  'bind.after_effect',
  'bind.after',
  'confirm.before',
  'confirm.after_effect',
  'settle.before',
]);

let stack: Stack;
let survivor: NodeProcess;
const killed: string[] = [];

beforeAll(async () => {
  stack = await startStack();
  [, survivor] = await Promise.all([stack.startApi(), stack.startWorker()]);
});

afterAll(async () => {
  console.log(`kills by worker on ${queueBackend()}: ${killed.length} (${killed.join(', ')})`);
  await stack.close();
});

async function charge(customer: SavedCustomer): Promise<string> {
  const { status, body } = await stack.api.post('/v1/charges', {
    customer: customer.customer_id,
    amount: 1_250,
    currency: 'eur',
    description: 'Power in October',
  });
  expect(status).toBe(202);
  return body.id;
}

async function statusOf(id: string): Promise<unknown> {
  return (await stack.api.get(`/v1/charges/${id}`)).body.status;
}

/** Lets a worker of its own come to `place` and die there, while nobody else works. */
async function killAt<T>(place: string, cause: () => Promise<T>): Promise<T> {
  markStartsWorker();
  process.kill(survivor.pid, 'SIGSTOP');
  // Of that role alone: an event that tells of an earlier charge passes the same places.
  const victim = await stack.startWorker({ failpoints: `${place}:kill`, roles: 'charge' });
  const caused = await cause();
  const end = await endOf(victim);
  expect({ signal: end.signal, code: end.code }).toEqual({ signal: 'SIGKILL', code: null });
  const hit = JSON.stringify({ event: 'failpoint.hit', failpoint: place });
  // The last line of a process may be read after its end is known.
  await expect.poll(() => stack.linesOf(victim).filter((line) => line === hit)).toHaveLength(1);
  killed.push(place);
  return caused;
}

async function openAttempts(id: string): Promise<number> {
  const rows = await stack.sql`
    select 1 from charge_attempts where charge_id = ${id} and ended_at is null`;
  return rows.length;
}

describe('a worker killed', () => {
  test.each(PLACES)('at %s leaves one PaymentIntent and one success behind its successor', async (place) => {
    const customer = await stack.customer('pm_card_visa');

    const id = await killAt(place, () => charge(customer));
    expect(await openAttempts(id)).toBe(LEAVES_OPEN.has(place) ? 1 : 0);
    process.kill(survivor.pid, 'SIGCONT');

    await until(`${id} is paid`, async () => (await statusOf(id)) === 'succeeded');
    const intents = await stack.ledger(id);
    expect(intents.filter((intent) => intent.status !== 'canceled')).toHaveLength(1);
    expect(intents.reduce((sum, intent) => sum + intent.successes, 0)).toBe(1);
    expect(await openAttempts(id)).toBe(0);
    const attempts = await stack.sql`select number, state from charge_attempts where charge_id = ${id}`;
    expect(attempts).toEqual([{ number: 1, state: 'succeeded' }]);
  });

  test.each(['cancel.before', 'cancel.after_effect'] as const)(
    'at %s leaves the cancellation to its successor, and nothing is charged',
    async (place) => {
      const id = await charge(await stack.customer('pm_card_visa', ['insufficient_funds']));
      await until('a retry waits', async () => {
        const { body } = await stack.api.get(`/v1/charges/${id}`);
        return body.detail === 'retry_scheduled';
      });

      await killAt(place, async () => {
        expect((await stack.api.post(`/v1/charges/${id}/cancel`)).status).toBe(202);
      });
      expect(await statusOf(id)).toBe('processing');
      process.kill(survivor.pid, 'SIGCONT');

      await until(`${id} is canceled`, async () => (await statusOf(id)) === 'canceled');
      expect(await stack.ledger(id)).toMatchObject([{ status: 'canceled', successes: 0, confirms: 1 }]);
    },
  );
});
