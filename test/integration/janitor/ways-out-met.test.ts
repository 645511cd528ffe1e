/**
 * The kinds of breaks that settling, sweeping and webhooks meet, each by every verb that it names: from what is parked
 * or open to books that agree, nobody waiting, and charging on.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BreakKind, type BreakVerb, breakKinds, MET_KINDS } from '../../../src/domain/break-kinds.ts';
import { recordDispute } from '../../../src/store/charge/disputes.ts';
import { parkCharge } from '../../../src/store/charge/settle-charges.ts';
import { recordUnboundPayment } from '../../../src/store/janitor/orphans.ts';
import { recordSetupBreak } from '../../../src/store/setup/setups.ts';
import { readCharging, setCharging } from '../../../src/store/work/charging.ts';
import { retrievePaymentIntent } from '../../../src/stripe/payment-intents.ts';
import { merchantOf } from '../../harness/merchant.ts';
import { createWorld, type World } from '../../harness/world.ts';
import { intentOf, tell } from '../charge/protocol-world.ts';
import { confirmByHand, declined, paid, untouched } from './reconcile-charges.ts';
import { type Corruptor, createCorruptor } from './reconcile-corruptions.ts';
import { type Concerned, compare, leftOpen, takenFor, type, verbsIn, WORD } from './ways-out-world.ts';

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

async function parked(kind: BreakKind, charge: string): Promise<string> {
  const observed = { code: 'odd' };
  await parkCharge(world.sql, {
    charge_id: charge,
    kind,
    stripe_id: null,
    observed,
    move: true,
    cause: 'worker',
  });
  return charge;
}

/** A charge whose PaymentIntent took other money than was asked: somebody changed it at Stripe. */
async function takenOtherwise(): Promise<string> {
  const charge = await declined(world);
  const { id } = await intentOf(world, charge);
  await world.sdk.paymentIntents.update(id, { amount: 99_900 }, { idempotencyKey: `raise:${charge}` });
  await confirmByHand(world, charge, `by-hand:${charge}`);
  await tell(world, await intentOf(world, charge));
  return charge;
}

async function unbound(charge: string, mark = charge): Promise<string> {
  const id = await takenFor(world, charge, mark);
  const answer = await retrievePaymentIntent(world.deps.stripe, id);
  if (answer.kind === 'ok') await recordUnboundPayment(world.sql, answer.value);
  return id;
}

/** An amount that some other program holds under a mark of ours, which it copied. */
async function held(charge: string): Promise<string> {
  const { customer_id, payment_method_id } = (await world.read(charge)).charge;
  const [payer] = await world.sql`select stripe_customer_id from customers where id = ${customer_id}`;
  const { id } = await world.sdk.paymentIntents.create(
    {
      amount: 777,
      currency: 'eur',
      customer: String(payer?.stripe_customer_id),
      payment_method: payment_method_id,
      allowed_payment_method_types: ['card'],
      capture_method: 'manual',
      confirm: true,
      off_session: true,
      metadata: { dc_charge: 'chg_copied', dc_instance: world.deps.instance.id },
    },
    { idempotencyKey: `held:${charge}` },
  );
  const answer = await retrievePaymentIntent(world.deps.stripe, id);
  if (answer.kind === 'ok') await recordUnboundPayment(world.sql, answer.value);
  return id;
}

type Met = (typeof MET_KINDS)[number] | 'amount_differs' | 'payment_intent_missing';

/** Brings the kind about; answers the id that an operator types. */
const MEET: Readonly<Record<Met, (verb: BreakVerb) => Promise<string>>> = {
  create_refused: async () =>
    parked('create_refused', await world.charge(await world.customer('pm_card_visa'))),
  unexpected_status: async () => parked('unexpected_status', await declined(world)),
  foreign_payment_intent: async () => parked('foreign_payment_intent', await declined(world)),
  illegal_transition: async () => parked('illegal_transition', await declined(world)),
  amount_differs: takenOtherwise,
  payment_intent_missing: async () => {
    const charge = await world.charge(await world.customer('pm_card_visa'));
    await world.sql`update charges set stripe_payment_intent_id = ${`pi_of${charge}`} where id = ${charge}`;
    await world.work(['charge']);
    return charge;
  },
  success_after_close: async () => {
    const charge = (await corruptor.corruptions.closed_without_proof()).charge ?? '';
    await confirmByHand(world, charge, `by-hand:${charge}`);
    await tell(world, await intentOf(world, charge));
    return charge;
  },
  canceled_after_success: async () => {
    const charge = (await corruptor.corruptions.succeeded_here_only()).charge ?? '';
    const { id } = await intentOf(world, charge);
    await world.sdk.paymentIntents.cancel(id, {}, { idempotencyKey: `by-hand:${charge}` });
    await tell(world, await intentOf(world, charge));
    return charge;
  },
  unbound_payment_intent: async (verb) => {
    const charge = await untouched(world);
    if (verb === 'accept') return unbound(charge);
    if (verb === 'release') return held(charge);
    return unbound(charge, `chg_lost_${verb}`);
  },
  several_payment_intents: async (verb) => {
    const charge = await untouched(world);
    const first = await takenFor(world, charge, charge);
    const second = await takenFor(world, charge, charge, 2);
    await parked('several_payment_intents', charge);
    if (verb === 'refund') return first;
    await world.sdk.refunds.create({ payment_intent: second }, { idempotencyKey: `by-hand:${second}` });
    if (verb === 'write_off') await verbsIn(world).refund(first);
    return charge;
  },
  request_differs: async (verb) => {
    const charge = await untouched(world);
    const made = await takenFor(world, charge, charge);
    await parked('request_differs', charge);
    return verb === 'refund' ? made : charge;
  },
  reference_found: async () => parked('reference_found', await untouched(world)),
  dispute: async () => {
    const charge = await paid(world);
    await recordDispute(world.sql, charge, {
      id: `dp_${charge}`,
      status: 'lost',
      reason: 'general',
      charge: null,
      payment_intent: null,
      amount_minor: 1_250,
      currency: 'eur',
      livemode: false,
    });
    return charge;
  },
  setup_saved_after_end: async () => {
    const merchant = merchantOf(world);
    const setup_id = await merchant.setup(await merchant.customer('late@example.test'));
    await recordSetupBreak(world.sql, { setup_id, stripe_id: null, observed: { state: 'succeeded' } });
    return setup_id;
  },
};

async function concerned(entity: string): Promise<Concerned> {
  const [row] = await world.sql<{ charge: string; payment_intent: string | null }[]>`
    select id as charge, stripe_payment_intent_id as payment_intent from charges where id = ${entity}`;
  if (row !== undefined) return row;
  const intent = entity.startsWith('pi_') ? await world.sdk.paymentIntents.retrieve(entity) : null;
  return { charge: intent?.metadata.dc_charge ?? null, payment_intent: intent?.id ?? null };
}

/** Money that was taken is refunded before it is written off; what was not taken is written off where it is compared. */
const walks = (Object.keys(MEET) as Met[])
  .flatMap((kind) => breakKinds[kind].verbs.map((verb): [Met, BreakVerb] => [kind, verb]))
  .filter((walk) => walk.join(' ') !== 'amount_differs write_off');

describe('what was met is ended by the verb of its kind:', () => {
  test.each(walks)('%s by %s', async (kind, verb) => {
    expect((await compare(world)).differences).toEqual([]);
    const entity = await MEET[kind](verb);
    await setCharging(world.sql, false, WORD);
    const open = await leftOpen(world);
    expect(open.filter((line) => line.startsWith(`${kind} `))).toHaveLength(1);
    // What reconcile finds of the same is open, too, as on the day of an operator.
    await compare(world);

    const about = await concerned(entity);
    expect(await type(world, verb, entity, about)).toMatchObject({
      outcome: expect.stringMatching(/^(done|released|breaks_closed)$/),
    });
    const state = await world.sql`select state from charges where id = ${about.charge}`;
    if (verb === 'refund' && state[0]?.state === 'needs_review')
      await (kind === 'several_payment_intents'
        ? verbsIn(world).accept(about.charge ?? '')
        : verbsIn(world).writeOff(kind === 'request_differs' ? (about.charge ?? '') : entity));
    await setCharging(world.sql, true, WORD);
    await world.advance(60);
    await world.work(['charge', 'customer']);

    const { agree, differences } = await compare(world);
    expect([differences, agree, await leftOpen(world)]).toEqual([[], true, []]);
    expect((await readCharging(world.tables)).enabled).toBe(true);
  });
});

test('every kind that is met is walked', () => {
  expect(MET_KINDS.filter((kind) => !Object.hasOwn(MEET, kind))).toEqual([]);
});

describe('a charge that took other money than was asked', () => {
  test('does not end by a release, and ends by a word on what was taken', async () => {
    const before = (await compare(world)).sums[0];
    const charge = await takenOtherwise();
    await verbsIn(world).release(charge);
    await world.work(['charge']);
    expect((await world.read(charge)).charge.state).toBe('needs_review');

    expect(await verbsIn(world).accept(charge)).toMatchObject({ outcome: 'done', amount_minor: 99_900 });
    const rows = await world.sql`
      select c.state, c.amount_minor::int, c.amount_received_minor::int, c.accepted_minor::int, a.verb, a."by",
             c.paid_with = c.payment_method_id as by_its_card,
             (select type from events e where e.object_id = c.id order by id desc limit 1) as told
      from charges c join operator_actions a on a.id = c.operator_action_id where c.id = ${charge}`;
    expect(rows).toEqual([
      {
        state: 'succeeded',
        amount_minor: 1_250,
        amount_received_minor: 99_900,
        accepted_minor: 99_900,
        verb: 'accept',
        by: 'Ada',
        by_its_card: true,
        told: 'charge.succeeded',
      },
    ]);
    const { agree, sums } = await compare(world);
    expect(agree).toBe(true);
    const more = [sums[0], before].map((sum) => [sum?.database ?? 0, sum?.stripe ?? 0]);
    expect(more[0]).toEqual(more[1]?.map((sum) => sum + 99_900));
  });

  test('is not written off while the money is there', async () => {
    const charge = await takenOtherwise();
    expect(await verbsIn(world).writeOff(charge)).toMatchObject({ outcome: 'refused' });
    expect((await world.read(charge)).charge.state).toBe('needs_review');
    await verbsIn(world).accept(charge);
  });
});

describe('a charge under whose mark money was taken twice', () => {
  async function twice(): Promise<[string, string, string]> {
    const charge = await untouched(world);
    const intents = [
      await takenFor(world, charge, charge),
      await takenFor(world, charge, charge, 2),
    ] as const;
    await parked('several_payment_intents', charge);
    return [charge, ...intents];
  }

  test('is not released: it would be charged a third time', async () => {
    const [charge, first, second] = await twice();
    const verbs = verbsIn(world);
    for (const answer of [
      await verbs.release(charge),
      await verbs.accept(charge),
      await verbs.writeOff(charge),
    ])
      expect(answer).toMatchObject({ outcome: 'refused' });
    expect(await verbs.refund(second)).toMatchObject({ outcome: 'done' });
    expect(await verbs.accept(charge)).toMatchObject({ outcome: 'done', amount_minor: 777 });
    expect((await world.read(charge)).charge.stripe_payment_intent_id).toBe(first);
    expect([(await compare(world)).differences, await leftOpen(world)]).toEqual([[], []]);
  });

  test('is written off once both went back', async () => {
    const [charge, first, second] = await twice();
    const verbs = verbsIn(world);
    await verbs.refund(first);
    expect(await verbs.writeOff(charge)).toMatchObject({ outcome: 'refused' });
    await verbs.refund(second);
    expect(await verbs.writeOff(charge)).toMatchObject({ outcome: 'done', state: 'failed' });
    expect([(await compare(world)).differences, await leftOpen(world)]).toEqual([[], []]);
  });
});
