/**
 * Every kind that reconcile can find, by every verb that its kind names: one thing is corrupted, the verb is typed, and
 * the books agree again. So none is a dead end, and charging goes on after any of them.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BreakVerb, breakKinds } from '../../../src/domain/break-kinds.ts';
import { type DifferenceKind, invariants } from '../../../src/domain/reconciliation.ts';
import { createWorld, type World } from '../../harness/world.ts';
import { intentOf } from '../charge/protocol-world.ts';
import { declined, paid, unconfirmed, untouched } from './reconcile-charges.ts';
import { type Corruptor, createCorruptor } from './reconcile-corruptions.ts';
import { compare, leftOpen, takenFor, type, verbsIn } from './ways-out-world.ts';

let world: World;
let corruptor: Corruptor;
let orphan: string;

beforeAll(async () => {
  world = await createWorld();
  await world.simulator.control.webhooks({ paused: true });
  orphan = await unconfirmed(world, 'chg_nobody', 'ins_other');
  corruptor = await createCorruptor(world);
});
afterAll(async () => {
  await corruptor?.close();
  await world?.close();
});

/** Where the way of a verb begins in another place than that of its kind's first corruption. */
const BEGINS: Readonly<Record<string, () => Promise<unknown>>> = {
  'success_of_unbound_payment_intent accept': async () => {
    const charge = await untouched(world);
    return takenFor(world, charge, charge);
  },
  'orphan_left release': () => adopt(orphan),
  'amount_differs write_off': async () => {
    const charge = await declined(world);
    const { id } = await intentOf(world, charge);
    await world.sdk.paymentIntents.update(id, { amount: 99_900 }, { idempotencyKey: `raise:${charge}` });
  },
  ...Object.fromEntries(
    (['currency_differs', 'customer_differs', 'livemode_differs'] as const).map((kind) => [
      `${kind} write_off`,
      async () => {
        const charge = await declined(world);
        const { sql } = corruptor;
        if (kind === 'currency_differs') await sql`update charges set currency = 'usd' where id = ${charge}`;
        if (kind === 'livemode_differs') await sql`update charges set livemode = true where id = ${charge}`;
        const other = await world.customer('pm_card_visa');
        if (kind === 'customer_differs')
          await sql`update charges set customer_id = ${other.customer_id} where id = ${charge}`;
      },
    ]),
  ),
};

/** Only what settles can meet it: walked in its own file. */
const MET_ELSEWHERE = ['amount_differs refund'];

async function adopt(intent: string): Promise<unknown> {
  const metadata = { dc_charge: await paid(world), dc_instance: world.deps.instance.id };
  return world.sdk.paymentIntents.update(intent, { metadata }, { idempotencyKey: `adopt:${intent}` });
}

const walks = (Object.keys(invariants) as DifferenceKind[])
  .flatMap((kind) => breakKinds[kind].verbs.map((verb): [DifferenceKind, BreakVerb] => [kind, verb]))
  .filter((walk) => !MET_ELSEWHERE.includes(walk.join(' ')));

describe('a difference is closed by the verb of its kind:', () => {
  test.each(walks)('%s by %s', async (kind, verb) => {
    expect((await compare(world)).differences).toEqual([]);
    await (BEGINS[`${kind} ${verb}`] ?? corruptor.corruptions[kind])();

    const { differences } = await compare(world);
    const found = differences.find((difference) => difference.kind === kind);
    if (found === undefined) throw new Error(`nothing is ${kind}`);
    expect(found.verbs).toContain(verb);
    expect(await type(world, verb, found.entity, found)).toMatchObject({
      outcome: expect.stringMatching(/^(done|released|breaks_closed)$/),
    });
    // Of a charge that lives, the money has gone back: now it ends.
    if (verb === 'refund' && found.entity === found.charge) await verbsIn(world).writeOff(found.charge);
    await world.work(['charge']);

    const { agree, differences: left, unclaimed } = await compare(world);
    expect(left).toEqual([]);
    expect([agree, unclaimed, await leftOpen(world)]).toEqual([true, [], []]);
    const said = await world.sql`
      select 1 from operator_actions a join breaks b on b.id = a.break_id
      where (a.verb = ${verb} or a.verb = 'write_off') and b.kind = ${kind} and a."by" = 'Ada'`;
    expect(said.length).toBeGreaterThan(0);
  });
});

test('what a person knows is a difference again once a side says something else', async () => {
  const { charge } = await corruptor.corruptions.livemode_differs();
  const found = (await compare(world)).differences.find((difference) => difference.charge === charge);
  expect(found?.kind).toBe('livemode_differs');
  await verbsIn(world).release(charge ?? '');
  expect((await compare(world)).differences).toEqual([]);

  await corruptor.sql`
    update charges set amount_minor = amount_minor + 1, livemode = true where id = ${charge}`;
  expect((await compare(world)).differences.map((difference) => difference.charge)).toEqual([charge]);
});
