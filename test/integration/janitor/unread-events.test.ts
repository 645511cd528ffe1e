/** What follows when Stripe's events were not read to their end: nothing is created, and in the end it is a loss. */
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sweepEventsOnce } from '../../../src/billing/janitor/sweep-events.ts';
import { moveClock } from '../../../src/store/work/clock-moves.ts';
import { type ApiWorld, bodyOf, createApiWorld } from '../api/api-world.ts';
import { loseRows } from './lost-rows.ts';

const DAY_S = 86_400;
let api: ApiWorld;

beforeEach(async () => {
  api = await createApiWorld();
});
afterEach(() => api.close());

/** Time passes, and no worker reads anything. */
async function sleep(seconds: number): Promise<void> {
  await moveClock(api.world.sql, seconds * 1_000);
  await api.world.simulator.control.clock({ advance: seconds });
}

const lost = async () =>
  (await api.world.sql`select lost_cause as by, charging_enabled as on from instance`)[0];

/** A charge that is paid, whose rows are lost in silence, and that is asked for again a day later. */
async function paidAndLost(): Promise<string> {
  const { world } = api;
  const customer = await world.customer('pm_card_visa');
  const key = randomUUID();
  await sweepEventsOnce(world.deps);
  const { id } = (await api.post('/v1/charges', bodyOf(customer), { key })).body;
  await world.work();
  await loseRows(world.sql, [id]);
  await world.sql`delete from inbox_events`;
  await sleep(DAY_S + 3_600);
  await api.post('/v1/charges', bodyOf(customer), { key });
  return id;
}

test('nothing is created while they were not read to their end for half a day', async () => {
  const { world } = api;
  const customer = await world.customer('pm_card_visa');
  await sleep(DAY_S / 2 + 60);
  const { id } = (await api.post('/v1/charges', bodyOf(customer))).body;
  const person = await api.post('/v1/customers', { email: 'late@example.test', name: 'Late' });
  await world.work(['charge', 'customer']);
  expect(await world.ledger(id)).toEqual([]);
  expect((await world.read(id)).charge.state).toBe('queued');
  const bound = () => world.sql`select state from customers where id = ${person.body.id}`;
  expect(await bound()).toEqual([{ state: 'queued' }]);

  await sweepEventsOnce(world.deps);
  await sleep(5);
  await world.work();

  expect((await world.read(id)).charge.state).toBe('succeeded');
  expect(await bound()).toEqual([{ state: 'bound' }]);
});

test('nor is a card tried again: its customer may have withdrawn in what was not read', async () => {
  const { world } = api;
  const customer = await world.customer('pm_card_visa', ['insufficient_funds', 'succeed']);
  const { id } = (await api.post('/v1/charges', bodyOf(customer))).body;
  await world.work();
  await sleep(DAY_S + 3_600);
  await world.work(['charge']);
  expect((await world.read(id)).attempts).toHaveLength(1);

  await sweepEventsOnce(world.deps);
  await sleep(5);
  await world.work();

  expect((await world.read(id)).charge.state).toBe('succeeded');
});

test('a walk that shows rows to be missing says so before anything may be created behind it', async () => {
  const { world } = api;
  const id = await paidAndLost();

  await sweepEventsOnce(world.deps);
  // No event is applied: a worker of charges may be faster.
  await world.work(['charge']);

  expect(await lost()).toEqual({ by: 'key_without_row', on: false });
  const paid = await world.ledger(id);
  expect(paid.map(({ successes }) => successes)).toEqual([1]);
  expect((await world.read(id)).charge.state).toBe('succeeded');
});

test('nor does a cancel end a charge of which they may tell that it was paid', async () => {
  const { world } = api;
  const id = await paidAndLost();
  expect((await api.post(`/v1/charges/${id}/cancel`)).status).toBe(202);
  await world.work(['charge']);
  expect((await world.read(id)).charge.state).toBe('closing');

  await sweepEventsOnce(world.deps);
  await sleep(5);
  await world.work(['charge']);

  expect((await world.read(id)).charge.state).toBe('succeeded');
  expect((await world.ledger(id)).map(({ successes }) => successes)).toEqual([1]);
});

test('not read for longer than Stripe keeps them is a loss; charging goes on', async () => {
  await sweepEventsOnce(api.world.deps);
  await sleep(29 * DAY_S);
  await sweepEventsOnce(api.world.deps);
  expect(await lost()).toEqual({ by: 'events_unread', on: true });
});

test('a quiet month that was read all along is no loss', async () => {
  for (let week = 0; week < 5; week += 1) {
    await sweepEventsOnce(api.world.deps);
    await sleep(7 * DAY_S);
  }
  await sweepEventsOnce(api.world.deps);
  expect(await lost()).toEqual({ by: null, on: true });
});
