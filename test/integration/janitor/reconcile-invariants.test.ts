/**
 * The checker, checked: for each rule one thing is corrupted, and exactly that rule is told as broken, of exactly that
 * charge. A rule without a corruption does not compile.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { reconcile } from '../../../src/billing/janitor/reconcile.ts';
import { type Difference, type DifferenceKind, invariants } from '../../../src/domain/reconciliation.ts';
import type { StripeClient } from '../../../src/stripe/client.ts';
import { createWorld, type World } from '../../harness/world.ts';
import { cancel } from '../charge/protocol-world.ts';
import { broughtBack, paid } from './reconcile-charges.ts';
import { type Corruptor, createCorruptor } from './reconcile-corruptions.ts';

const DAY_MS = 86_400_000;
let world: World;
let corruptor: Corruptor;

beforeAll(async () => {
  world = await createWorld();
  corruptor = await createCorruptor(world);
});

afterAll(async () => {
  await corruptor?.close();
  await world?.close();
});

async function compare(stripe: StripeClient = world.deps.stripe) {
  const { sql, instance } = world.deps;
  // The window of production, so that what has no time of settling falls out of one side.
  const from = new Date(Date.now() - 35 * DAY_MS);
  const result = await reconcile({ sql, stripe, instance_id: instance.id, recheck_ms: 0 }, from);
  // Some corruptions are losses of rows, which turn charging off: that has tests of its own, and this world goes on.
  await sql`update instance set charging_enabled = true, lost_at = null, withdrawals_due = false`;
  await sql`delete from breaks where kind = 'rows_lost'`;
  return result;
}

const nameOf = ({ kind, entity, payment_intent }: Difference) => `${kind} ${entity} ${payment_intent}`;

test('a deployment in which everything has happened breaks no rule', async () => {
  await paid(world);
  await broughtBack(world);
  const declined = await world.charge(await world.customer('pm_card_visa', ['insufficient_funds']));
  await world.charge(await world.customer('pm_card_visa', ['stolen_card']));
  await world.work();
  await cancel(world, declined);
  await world.work();
  const { agree, differences, charges, payment_intents, sums } = await compare();
  expect(differences).toEqual([]);
  expect({ agree, charges, payment_intents }).toEqual({ agree: true, charges: 2, payment_intents: 4 });
  const refunded = { database: 0, stripe: 0 };
  const net = { database: 2_500, stripe: 2_500 };
  expect(sums).toEqual([{ currency: 'eur', ...net, received: net, refunded }]);
});

describe('one corruption breaks one rule:', () => {
  test.each(Object.entries(invariants) as [DifferenceKind, string][])('%s (%s)', async (kind) => {
    const before = new Set((await compare()).differences.map(nameOf));
    const { charge } = await corruptor.corruptions[kind]();

    const { agree, differences } = await compare();

    expect(agree).toBe(false);
    const news = differences.filter((difference) => !before.has(nameOf(difference)));
    expect(news.map(({ kind, charge }) => ({ kind, charge }))).toEqual([{ kind, charge }]);
    const kept = await world.sql`
      select 1 from breaks where kind = ${kind} and entity_id = ${news[0]?.entity ?? ''} and closed_by is null`;
    expect(kept).toHaveLength(1);
  });
});

test('nothing was healed: every rule that was broken still is, and is open for a person', async () => {
  const { differences } = await compare();
  expect([...new Set(differences.map(({ kind }) => kind))].sort()).toEqual(Object.keys(invariants).sort());
  const rows = await world.sql<{ kind: string }[]>`select distinct kind from breaks where closed_by is null`;
  expect(rows.map((row) => row.kind).sort()).toEqual(Object.keys(invariants).sort());
});

test('what is only in motion is looked at again, and is no difference', async () => {
  const charge = await paid(world);
  const { sql } = corruptor;
  await sql`update charges set lease_until = clock_timestamp() + interval '1 hour' where id = ${charge}`;
  const { stripe } = world.deps;
  let reads = 0;
  let readsOfOne = Number.POSITIVE_INFINITY;
  const watched: StripeClient = {
    ...stripe,
    read: async (...args) => {
      reads += 1;
      if (reads === readsOfOne + 1) await sql`update charges set lease_until = null where id = ${charge}`;
      return stripe.read(...args);
    },
  } as StripeClient;
  const told = await compare(watched);
  expect(told.differences.map((difference) => difference.charge)).toContain(charge);
  readsOfOne = reads / 2;
  reads = 0;
  const healed = await compare(watched);
  expect(healed.differences.map((difference) => difference.charge)).not.toContain(charge);
});
