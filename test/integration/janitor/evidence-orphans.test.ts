/**
 * PaymentIntents that nobody needs, and the clock moved by 25 hours. The other two things that happen to a charge a
 * day later (an attempt that is `lost`, a PaymentIntent that is listed and bound) are in `charge-unknown.test.ts`.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sweepOrphansOnce } from '../../../src/billing/janitor/sweep-orphans.ts';
import { turnChargingOn } from '../../../src/store/work/charging.ts';
import { createWorld, type World } from '../../harness/world.ts';

const CREATE = { route: '/v1/payment_intents', method: 'POST' };
const HOUR_S = 3_600;

let world: World;

beforeAll(async () => {
  world = await createWorld({ timings: { stripeTimeoutMs: 1_500 } });
});

afterAll(() => world.close());

/** As a failover loses it: the row and all that hangs on it, while Stripe keeps its PaymentIntent. */
async function loseRow(id: string): Promise<void> {
  await world.sql.unsafe(`
    set session_replication_role = replica;
    delete from charges where id = '${id}';
    set session_replication_role = default`);
}

async function statuses(charge: string): Promise<string[]> {
  return (await world.ledger(charge)).map((intent) => intent.status).sort();
}

test('orphans are cancelled when nothing can need them any more, and nothing else is', async () => {
  const lost = await world.charge(await world.customer('pm_card_visa'));
  await world.simulator.control.faults({ match: CREATE, action: 'hang_after', times: 1 });
  await world.work(['charge']);
  await loseRow(lost);
  const doubled = await world.charge(await world.customer('pm_card_visa'));
  // Made after the look that found nothing: the next number has made another by then.
  const storedError = { type: 'status', status: 500, effect: 'later', later_ms: 5_000 } as const;
  await world.simulator.control.faults({ match: CREATE, action: storedError, times: 1 });
  for (let second = 0; second < 10; second += 1) {
    await world.work(['charge']);
    await world.advance(1);
  }
  const waiting = await world.charge(await world.customer('pm_card_visa', ['insufficient_funds']));
  await world.work(['charge']);
  expect(await statuses(lost)).toEqual(['requires_payment_method']);
  expect(await statuses(doubled)).toEqual(['requires_payment_method', 'succeeded']);

  await sweepOrphansOnce(world.deps);
  // Its charge is bound to another one for ever; the row that was lost may yet come back, and a person hears of it.
  const word = { reason: 'nothing was withdrawn', by: 'Kim' };
  expect(await turnChargingOn(world.sql, word, false)).toMatchObject({ cause: 'payment_intent_without_row' });
  expect(await turnChargingOn(world.sql, word, true)).toBeNull();
  expect(await statuses(doubled)).toEqual(['canceled', 'succeeded']);
  expect(await statuses(lost)).toEqual(['requires_payment_method']);

  await world.advance(25 * HOUR_S);
  await sweepOrphansOnce(world.deps);

  expect(await statuses(lost)).toEqual(['requires_payment_method']);
  expect(await statuses(doubled)).toEqual(['canceled', 'succeeded']);
  expect(await statuses(waiting)).toEqual(['requires_payment_method']);
  await world.work(['charge']);
  expect(await statuses(waiting)).toEqual(['succeeded']);
  const requests = await world.simulator.control.requests(world.secretKey);
  const cancels = requests.filter((request) => request.path.endsWith('/cancel'));
  console.log(`orphans after 25 hours: ${cancels.length} cancelled, the one that is needed paid`);
  expect(cancels).toHaveLength(1);
});
