import { afterAll, beforeAll, expect, test } from 'vitest';
import { createWorld, type World } from '../../harness/world.ts';

let world: World;

beforeAll(async () => {
  world = await createWorld();
});

afterAll(() => world.close());

test('charges a saved card once, on one PaymentIntent with one confirm', async () => {
  const charge = await world.charge(await world.customer('pm_card_visa'), 4_299);

  await world.work();

  const { charge: settled, attempts } = await world.read(charge);
  expect(settled.state).toBe('succeeded');
  expect(attempts.map((attempt) => attempt.state)).toEqual(['succeeded']);
  expect(await world.ledger(charge)).toMatchObject([
    { amount: 4_299, status: 'succeeded', amount_received: 4_299, successes: 1, confirms: 1 },
  ]);
});
