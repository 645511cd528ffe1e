/** What a sweep, an event or a person meets of a payment whose charge is lost, and what becomes of that when it is back. */
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { claimPayment } from '../../../src/billing/janitor/claim-payment.ts';
import { sweepOrphansOnce } from '../../../src/billing/janitor/sweep-orphans.ts';
import { noteLoss } from '../../../src/store/postgres/loss.ts';
import type { SavedCustomer } from '../../harness/world.ts';
import { type ApiWorld, bodyOf, createApiWorld } from '../api/api-world.ts';
import { loseRows } from './lost-rows.ts';
import { verbsIn, WORD } from './ways-out-world.ts';

let api: ApiWorld;
let customer: SavedCustomer;

beforeEach(async () => {
  api = await createApiWorld();
  customer = await api.world.customer('pm_card_visa');
});
afterEach(() => api.close());

async function ask(key: string): Promise<string> {
  return (await api.post('/v1/charges', bodyOf(customer), { key })).body.id;
}

test('the break that a sweep wrote about a payment without a row closes once the charge is back', async () => {
  const { world } = api;
  const key = randomUUID();
  const id = await ask(key);
  await world.work();
  await loseRows(world.sql, [id]);
  await noteLoss(world.sql, { cause: 'restored', seen_at: null, since: null, stops: true });
  await sweepOrphansOnce(world.deps);
  const open = async () =>
    (
      await world.sql`
    select kind from breaks where stripe_id is not null and closed_by is null`
    ).map(({ kind }) => kind);
  expect(await open()).toEqual(['unbound_payment_intent']);
  await ask(key);
  await world.work();
  await world.advance(120);
  await sweepOrphansOnce(world.deps);
  expect(await open()).toEqual([]);
});

test('a claim is done even where the event that was kept for want of the charge settles it first', async () => {
  const { world } = api;
  const id = await ask(randomUUID());
  await world.work(['charge']);
  await loseRows(world.sql, [id]);
  await world.work(['inbox_event']);
  const [paid] = await world.ledger(id);
  const { deps } = verbsIn(world);
  const read: typeof deps.stripe.read = async (...given) => {
    // Claimed and not accepted yet: a worker comes between.
    const rows = await world.sql`select 1 from charges where id = ${id}`;
    if (rows.length > 0) await world.work(['inbox_event']);
    return deps.stripe.read(...given);
  };
  const payment = { payment_intent: paid?.id ?? '', customer: customer.customer_id, reference: null };
  const claimed = await claimPayment({ ...deps, stripe: { ...deps.stripe, read } }, payment, WORD);
  expect(claimed).toMatchObject({ outcome: 'done', id, state: 'succeeded' });
  expect((await world.read(id)).charge.state).toBe('succeeded');
});
