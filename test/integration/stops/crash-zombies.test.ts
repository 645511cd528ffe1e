/**
 * Workers that stop in the middle of their work and wake up when their lease is long another's: whatever they were
 * about to do, they do no more of it, and what they know is not new.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NodeProcess } from '../../../sandbox/node-process.ts';
import { markStartsWorker } from '../../harness/services/services.ts';
import { type Stack, startStack } from '../../harness/stack.ts';
import { until } from '../../harness/until.ts';

let stack: Stack;
let survivor: NodeProcess;

beforeAll(async () => {
  stack = await startStack();
  [, survivor] = await Promise.all([stack.startApi(), stack.startWorker()]);
});

afterAll(() => stack.close());

async function charge(script?: Parameters<Stack['customer']>[1]): Promise<string> {
  const { customer_id } = await stack.customer('pm_card_visa', script);
  const { body } = await stack.api.post(
    '/v1/charges',
    { customer: customer_id, amount: 1_250, currency: 'eur', description: 'Power in October' },
    randomUUID(),
  );
  return body.id;
}

const stateIs = (id: string, state: string) =>
  until(`${id} is ${state}`, async () => {
    const [row] = await stack.sql`select state from charges where id = ${id}`;
    return row?.state === state;
  });

/** What was asked of Stripe under keys of this charge, in order. */
async function sentFor(id: string): Promise<string[]> {
  const requests = await stack.simulator.control.requests(stack.secrets.stripe_secret_key);
  return requests.flatMap(({ idempotency_key }) =>
    idempotency_key?.includes(id) === true ? [idempotency_key] : [],
  );
}

/**
 * Has a worker stop at `place` while it works on what `cause` makes, and wake up only when the other worker has taken
 * over and come to an end. Answers what was asked of Stripe before it woke and, once it works again, after.
 */
async function sleepAt(place: string, cause: () => Promise<string>, end: string) {
  markStartsWorker();
  process.kill(survivor.pid, 'SIGSTOP');
  const zombie = await stack.startWorker({ failpoints: `${place}:stop@1`, roles: 'charge' });
  const id = await cause();
  const hit = JSON.stringify({ event: 'failpoint.hit', failpoint: place });
  await until('the worker has stopped', () => stack.linesOf(zombie).includes(hit));
  process.kill(survivor.pid, 'SIGCONT');
  await stateIs(id, end);
  const before = await sentFor(id);

  process.kill(survivor.pid, 'SIGSTOP');
  process.kill(zombie.pid, 'SIGCONT');
  // Nobody else is at work: once this one is paid, the zombie has done whatever it was going to do.
  await stateIs(await charge(), 'succeeded');
  const after = await sentFor(id);
  const stopped = zombie.stop(8_000);
  process.kill(survivor.pid, 'SIGCONT');
  await stopped;
  return { id, before, after };
}

describe('a worker that sleeps beyond its lease', () => {
  test.each([
    'claim.after_effect',
    'create.before',
    'bind.before',
    'bind.after',
    'confirm.before',
    'settle.before',
  ])('at %s sends nothing when it wakes, and the charge was paid once without it', async (place) => {
    const { id, before, after } = await sleepAt(place, charge, 'succeeded');

    expect(after).toEqual(before);
    expect(await stack.ledger(id)).toMatchObject([{ status: 'succeeded', successes: 1, confirms: 1 }]);
    const attempts = await stack.sql`select number, state from charge_attempts where charge_id = ${id}`;
    expect(attempts).toEqual([{ number: 1, state: 'succeeded' }]);
    const told =
      await stack.sql`select type from events where object_id = ${id} and type <> 'charge.created'`;
    expect(told).toEqual([{ type: 'charge.succeeded' }]);
  });

  test('at cancel.before cancels nothing when it wakes', async () => {
    const cause = async (): Promise<string> => {
      const id = await charge(['insufficient_funds']);
      await stateIs(id, 'retry_wait');
      expect((await stack.api.post(`/v1/charges/${id}/cancel`)).status).toBe(202);
      return id;
    };
    const { id, before, after } = await sleepAt('cancel.before', cause, 'canceled');

    expect(after).toEqual(before);
    expect(await stack.ledger(id)).toMatchObject([{ status: 'canceled', successes: 0, confirms: 1 }]);
  });
});

test('a worker killed while its confirm is on the wire leaves one success, told by Stripe or asked for', async () => {
  markStartsWorker();
  process.kill(survivor.pid, 'SIGSTOP');
  const match = { route: '/v1/payment_intents/:id/confirm' };
  await stack.simulator.control.faults({ match, action: 'hang_after', times: 1 });
  const victim = await stack.startWorker({ roles: 'charge' });
  const id = await charge();
  await until('the confirm is on the wire', async () =>
    (await sentFor(id)).some((key) => key.includes('confirm')),
  );
  process.kill(victim.pid, 'SIGKILL');
  process.kill(survivor.pid, 'SIGCONT');

  await stateIs(id, 'succeeded');

  expect(await stack.ledger(id)).toMatchObject([{ successes: 1, confirms: 1 }]);
});
