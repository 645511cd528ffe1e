/** What an operator's verbs do with money: once, however often they are typed, and never against Stripe's word. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { writeOff } from '../../../src/billing/janitor/write-off.ts';
import { insertCharge } from '../../../src/store/charge/charge-intake.ts';
import { createWorld, type World } from '../../harness/world.ts';
import { clearWeather, intentOf } from '../charge/protocol-world.ts';
import { behindOurBack, declined, paid, untouched } from './reconcile-charges.ts';
import { compare, payerOf, takenFor, verbsIn, WORD } from './ways-out-world.ts';

const REFUND = '/v1/refunds';
let world: World;

beforeAll(async () => {
  world = await createWorld({ timings: { stripeTimeoutMs: 1_500 } });
  await world.simulator.control.webhooks({ paused: true });
});
afterEach(() => clearWeather(world));
afterAll(() => world.close());

/** Money under a mark whose charge is not there; it is another mark each time. */
let lost = 0;
async function unclaimed(): Promise<string> {
  lost += 1;
  return takenFor(world, await untouched(world), `chg_lost_${lost}`);
}

async function refundsOf(payment_intent: string) {
  const { data } = await world.sdk.refunds.list({ payment_intent });
  return data.map(({ amount, status, metadata }) => [amount, status, metadata?.dc_refund]);
}

/** Takes the charge and all that is about it out of the books, as a restore from before it does. */
async function lose(charge: string): Promise<void> {
  await world.sql.unsafe(`
    set session_replication_role = replica;
    delete from transitions where entity_id = '${charge}';
    delete from events where object_id = '${charge}';
    delete from charge_attempts where charge_id = '${charge}';
    delete from charges where id = '${charge}';
    reset session_replication_role`);
}

describe('a refund', () => {
  test('gives all of it back, and typed again gives nothing back', async () => {
    const intent = await unclaimed();
    for (const _ of [1, 2])
      expect(await verbsIn(world).refund(intent)).toMatchObject({ outcome: 'done', amount_minor: 777 });
    expect(await refundsOf(intent)).toEqual([[777, 'succeeded', `dc1:${intent}:refund:1`]]);
    expect((await compare(world)).unclaimed).toEqual([]);
  });

  test('whose answer was lost is found by typing it again', async () => {
    const intent = await unclaimed();
    const match = { method: 'POST', route: REFUND };
    await world.simulator.control.faults({ match, action: 'hang_after' });
    expect(await verbsIn(world).refund(intent)).toEqual({ outcome: 'unanswered' });
    expect(await verbsIn(world).refund(intent)).toMatchObject({ outcome: 'done' });
    expect(await refundsOf(intent)).toHaveLength(1);
  });

  test('that never reached Stripe goes out under the same number the next time', async () => {
    const intent = await unclaimed();
    const match = { method: 'POST', route: REFUND };
    await world.simulator.control.faults({ match, action: 'reset_before', times: 2 });
    expect(await verbsIn(world).refund(intent)).toEqual({ outcome: 'unanswered' });
    expect(await verbsIn(world).refund(intent)).toMatchObject({ outcome: 'done' });
    expect(await refundsOf(intent)).toEqual([[777, 'succeeded', `dc1:${intent}:refund:1`]]);
  });

  test('that somebody made by hand is found, and none is made beside it', async () => {
    const intent = await unclaimed();
    await world.sdk.refunds.create({ payment_intent: intent }, { idempotencyKey: `by-hand:${intent}` });
    expect(await verbsIn(world).refund(intent)).toMatchObject({ outcome: 'done' });
    expect(await refundsOf(intent)).toEqual([[777, 'succeeded', undefined]]);
  });

  test('of which a part went back by hand gives back the rest', async () => {
    const intent = await unclaimed();
    const part = { payment_intent: intent, amount: 77 };
    await world.sdk.refunds.create(part, { idempotencyKey: `part:${intent}` });
    expect((await compare(world)).unclaimed).toMatchObject([{ payment_intent: intent }]);
    expect(await verbsIn(world).refund(intent)).toMatchObject({ outcome: 'done' });
    expect(await refundsOf(intent)).toEqual([
      [700, 'succeeded', `dc1:${intent}:refund:1`],
      [77, 'succeeded', undefined],
    ]);
  });

  test('of what paid a charge is a refund like any other, once', async () => {
    const charge = await paid(world);
    const { id } = await intentOf(world, charge);
    const asked = await verbsIn(world).refund(id);
    expect(asked).toMatchObject({ outcome: 'done', state: 'queued', amount_minor: 1_250, currency: 'eur' });
    expect(await verbsIn(world).refund(id)).toMatchObject({ outcome: 'refused' });
    await world.work(['refund']);
    const refund = asked.outcome === 'done' ? asked.id : '';
    expect(await refundsOf(id)).toEqual([[1_250, 'succeeded', refund]]);
    const said = await world.sql`select verb, "by" from operator_actions where entity_id = ${refund}`;
    expect(said).toMatchObject([{ verb: 'refund' }]);
    expect((await world.read(charge)).charge.state).toBe('succeeded');
  });

  test('is not for what took nothing', async () => {
    const waiting = await intentOf(world, await declined(world));
    expect(await verbsIn(world).refund(waiting.id)).toMatchObject({ outcome: 'refused' });
    expect(await refundsOf(waiting.id)).toEqual([]);
  });
});

describe('money whose charge was lost', () => {
  async function lostCharge() {
    const charge = await paid(world);
    const { id: intent } = await intentOf(world, charge);
    await lose(charge);
    return { charge, intent, customer: await payerOf(world, intent) };
  }

  test('is listed to the cent with its verbs, comes back under its id, and a repeated request finds it', async () => {
    const { charge, intent, customer } = await lostCharge();
    const told = await compare(world);
    expect(told.unclaimed).toMatchObject([
      { payment_intent: intent, charge, amount_minor: 1_250, currency: 'eur' },
    ]);
    const [found] = told.differences.filter(({ kind }) => kind === 'success_without_charge');
    expect(found).toMatchObject({ charge, payment_intent: intent, verbs: ['claim', 'refund'] });

    expect(await verbsIn(world).claim(intent, customer, 'invoice-7')).toMatchObject({
      outcome: 'done',
      id: charge,
      state: 'succeeded',
      amount_minor: 1_250,
    });
    expect(await compare(world)).toMatchObject({ agree: true, unclaimed: [] });
    const said = await world.sql`
      select verb, stripe_id, min(id) from operator_actions where entity_id = ${charge} group by 1, 2 order by 3`;
    expect(said.map(({ verb, stripe_id }) => [verb, stripe_id])).toEqual([
      ['claim', intent],
      ['accept', intent],
    ]);

    const repeated = await insertCharge(
      world.sql,
      {
        id: charge,
        customer_id: customer,
        payment_method_id: null,
        amount_minor: 1_250,
        currency: 'eur',
        livemode: false,
        description: 'again',
        reference: null,
        again_of: null,
        scheduled_for: null,
        metadata: {},
        terms: null,
        document: null,
      },
      { route: 'POST /v1/charges', key: 'order-7', request_hash: Buffer.from('x') },
      'key_test',
    );
    expect(repeated).toEqual({ outcome: 'refused', refusal: 'reference_taken', existing: charge });
    await world.work(['charge']);
    expect(await world.ledger(charge)).toMatchObject([{ successes: 1 }]);
  });

  test('is never ended by a word alone', async () => {
    const { intent, customer } = await lostCharge();
    await compare(world);
    expect(await verbsIn(world).release(intent)).toEqual({
      outcome: 'refused',
      because: 'success_without_charge ends by claim, refund',
    });
    await verbsIn(world).claim(intent, customer);
  });

  test('is not claimed for another customer, nor twice, nor under a reference that is taken', async () => {
    const { intent, customer } = await lostCharge();
    const other = await world.customer('pm_card_visa');
    const verbs = verbsIn(world);
    expect(await verbs.claim(intent, other.customer_id)).toMatchObject({ outcome: 'refused' });
    expect(await verbs.claim(intent, 'cst_nobody')).toMatchObject({ outcome: 'refused' });
    expect(await verbs.claim(intent, customer, 'invoice-7')).toEqual({
      outcome: 'refused',
      because: 'Another charge has this reference',
    });
    expect(await verbs.claim(intent, customer)).toMatchObject({ outcome: 'done' });
    expect(await verbs.claim(intent, customer)).toMatchObject({ outcome: 'refused' });
    expect(await compare(world)).toMatchObject({ agree: true });
  });

  test('is not claimed once it has gone back', async () => {
    const { charge, intent, customer } = await lostCharge();
    expect(await verbsIn(world).refund(intent)).toMatchObject({ outcome: 'done' });
    expect(await verbsIn(world).claim(intent, customer)).toMatchObject({ outcome: 'refused' });
    const rows = await world.sql`select 1 from charges where id = ${charge}`;
    expect(rows).toHaveLength(0);
    expect(await compare(world)).toMatchObject({ agree: true });
  });

  test('cut off between its two steps is parked, and ends by accept', async () => {
    const { charge, intent, customer } = await lostCharge();
    await world.simulator.control.faults({
      match: { method: 'GET', route: '/v1/payment_intents/:id', nth: 2 },
      action: 'reset_before',
      times: 9,
    });
    expect(await verbsIn(world).claim(intent, customer)).toEqual({ outcome: 'unanswered' });
    expect((await world.read(charge)).charge.state).toBe('needs_review');
    await clearWeather(world);
    await world.simulator.control.webhooks({ paused: true });
    expect(await verbsIn(world).accept(charge)).toMatchObject({ outcome: 'done', state: 'succeeded' });
    expect(await compare(world)).toMatchObject({ agree: true });
  });
});

describe('a verb', () => {
  test('never says paid of what has gone back: such a charge is written off', async () => {
    const charge = await declined(world);
    const { id: intent } = await intentOf(world, charge);
    await world.sdk.paymentIntents.confirm(
      intent,
      { payment_method: 'pm_card_visa', return_url: 'https://other.example.test/' },
      { idempotencyKey: `by-hand:${intent}` },
    );
    await world.sql`
      update charges set state = 'needs_review', detail = 'under_review', due_at = null, cause = 'test'
      where id = ${charge}`;
    const verbs = verbsIn(world);
    expect(await verbs.refund(intent)).toMatchObject({ outcome: 'done' });
    expect(await verbs.accept(charge)).toMatchObject({ outcome: 'refused' });
    expect(await verbs.writeOff(charge)).toMatchObject({ outcome: 'done', state: 'failed' });
    expect(await compare(world)).toMatchObject({ agree: true });
  });

  test('is refused about what is not there, and says what to type instead', async () => {
    const verbs = verbsIn(world);
    for (const answer of [
      await verbs.accept('chg_nobody'),
      await verbs.writeOff('chg_nobody'),
      await verbs.writeOff('pi_nobody'),
      await verbs.refund('pi_nobody'),
      await verbs.claim('pi_nobody', 'cst_nobody'),
      await verbs.accept(await untouched(world)),
      await verbs.accept(await paid(world)),
      await verbs.writeOff(await paid(world)),
      await verbs.writeOff(await declined(world)),
      await verbs.writeOff(await behindOurBack(world)),
    ])
      expect(answer).toMatchObject({ outcome: 'refused', because: expect.stringMatching(/^[A-Z]/) });
  });

  test('about a charge that moves meanwhile changes nothing', async () => {
    const charge = await declined(world);
    const { id } = await intentOf(world, charge);
    await world.sql`insert into breaks (kind, entity_id, observed) values ('amount_differs', ${charge}, '{}')`;
    const { deps } = verbsIn(world);
    // Between the verb's reading and its writing another carrier writes.
    const stripe = {
      ...deps.stripe,
      read: (async (...args: Parameters<typeof deps.stripe.read>) => {
        await world.sql`update charges set revision = revision + 1 where id = ${charge}`;
        return deps.stripe.read(...args);
      }) as typeof deps.stripe.read,
    };
    expect(await writeOff({ ...deps, stripe }, charge, WORD)).toMatchObject({ outcome: 'refused' });
    expect((await world.read(charge)).charge.state).toBe('retry_wait');
    const said = await world.sql`select 1 from operator_actions where stripe_id = ${id}`;
    expect(said).toHaveLength(0);
  });
});
