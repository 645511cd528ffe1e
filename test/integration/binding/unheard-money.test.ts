/** Money that Stripe took for a charge whose row had no memory of it: whoever brings it, it is bound and settled. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { bringMarked } from '../../../src/billing/janitor/bring-marked.ts';
import { reconcile } from '../../../src/billing/janitor/reconcile.ts';
import { sweepOrphansOnce } from '../../../src/billing/janitor/sweep-orphans.ts';
import type { PaymentSnapshot } from '../../../src/domain/charge/payment-snapshot.ts';
import { readsOf } from '../../harness/plans.ts';
import { createWorld, type World } from '../../harness/world.ts';
import { breaksOf, clearWeather, intentOf, tell, toldOf } from '../charge/protocol-world.ts';
import { forgotten, shown } from './marked-world.ts';

let world: World;

beforeAll(async () => {
  world = await createWorld({ timings: { stripeTimeoutMs: 1_500 } });
});

afterEach(() => clearWeather(world));

afterAll(() => world.close());

describe('money under the mark of a charge that has no PaymentIntent', () => {
  test('is bound and settled by the sweep that finds it', async () => {
    const { charge, ids } = await forgotten(world, 'pm_card_visa', ['unconfirmed', 'paid']);
    await world.advance(3_600);

    await sweepOrphansOnce(world.deps);

    expect((await world.read(charge)).charge).toMatchObject({
      state: 'succeeded',
      stripe_payment_intent_id: ids[1],
    });
    expect(await breaksOf(world, String(ids[1]))).toEqual([]);
    expect(await toldOf(world, charge)).toEqual(['charge.succeeded']);
  });

  test('is bound and settled by the event that tells of it', async () => {
    const { charge, ids } = await forgotten(world, 'pm_card_visa', ['unconfirmed', 'paid']);
    await tell(world, await shown(world, String(ids[1])));
    expect((await world.read(charge)).charge).toMatchObject({
      state: 'succeeded',
      stripe_payment_intent_id: ids[1],
    });
  });

  test('is bound and settled by reconcile, which then agrees', async () => {
    const { charge, ids } = await forgotten(world, 'pm_card_visa', ['paid']);
    const { sql, stripe, instance } = world.deps;
    const compare = async (bring: boolean) => {
      const bringer = { bring: (intent: PaymentSnapshot) => bringMarked(world.deps, intent, 'reconcile') };
      const deps = { sql, stripe, instance_id: instance.id, recheck_ms: 0, ...(bring ? bringer : {}) };
      const { differences } = await reconcile(deps, null);
      return differences.filter((difference) => difference.charge === charge).map(({ kind }) => kind);
    };
    expect(await compare(false)).toEqual(['success_of_unbound_payment_intent']);

    expect(await compare(true)).toEqual([]);

    expect((await world.read(charge)).charge).toMatchObject({
      state: 'succeeded',
      stripe_payment_intent_id: ids[0],
    });
  });

  test.each(['sweep', 'event'] as const)(
    'goes to a person when there is more of it, told by a %s',
    async (carrier) => {
      const { charge, ids } = await forgotten(world, 'pm_card_visa', ['paid', 'paid']);
      await world.advance(3_600);
      if (carrier === 'sweep') await sweepOrphansOnce(world.deps);
      else await tell(world, await shown(world, String(ids[1])));
      expect((await world.read(charge)).charge).toMatchObject({
        state: 'needs_review',
        stripe_payment_intent_id: null,
      });
      expect(await breaksOf(world, charge)).toEqual(['several_payment_intents']);
    },
  );
});

describe('an event that came while its charge was lost', () => {
  /** As a failover loses it; returns what the merchant's repeated request does, which brings it back under the same id. */
  async function lose(charge: string): Promise<() => Promise<void>> {
    const { charge: row } = await world.read(charge);
    const [held] = await world.sql`select consent_id from charges where id = ${charge}`;
    await world.sql.unsafe(`
      set session_replication_role = replica;
      delete from charge_attempts where charge_id = '${charge}';
      delete from charges where id = '${charge}';
      set session_replication_role = default`);
    return async () => {
      await world.sql`
        insert into charges (id, state, due_at, customer_id, payment_method_id, consent_id, amount_minor, currency,
                             livemode, description)
        values (${charge}, 'queued', dc_now(), ${row.customer_id}, ${row.payment_method_id}, ${held?.consent_id},
                ${row.amount_minor}, ${row.currency}, false, ${row.description})`;
    };
  }

  test('is heard again when the charge is back: it is settled, and nothing is created or confirmed anew', async () => {
    await world.simulator.control.webhooks({ paused: true });
    const charge = await world.charge(await world.customer('pm_card_visa'));
    await world.work(['charge']);
    const paid = await intentOf(world, charge);
    const bringBack = await lose(charge);
    const told = await tell(world, paid);
    const another = await tell(world, {
      ...paid,
      metadata: { ...paid.metadata, dc_charge: 'chg_of_nobody' },
    });

    await bringBack();
    await world.work(['inbox_event']);

    expect((await world.read(charge)).charge).toMatchObject({
      state: 'succeeded',
      stripe_payment_intent_id: paid.id,
    });
    expect(await world.ledger(charge)).toMatchObject([{ id: paid.id, successes: 1, confirms: 1 }]);
    const moves = await world.sql`
      select entity_id, to_state from transitions where entity_id in (${told}, ${another}) order by id`;
    const movesOf = (id: string) =>
      moves.filter(({ entity_id }) => entity_id === id).map(({ to_state }) => to_state);
    expect(movesOf(told)).toEqual(['received', 'ignored', 'received', 'applied']);
    expect(movesOf(another)).toEqual(['received', 'ignored']);
  });

  test('is found by its mark through an index, among twenty thousand that were ignored', async () => {
    await world.sql`
      insert into inbox_events (id, state, type, object_type, livemode, stripe_created_at, projection)
      select 'evt_ignored_' || n, 'ignored', 'payment_intent.succeeded', 'payment_intent', false, now(),
             jsonb_build_object('snapshot', jsonb_build_object('metadata', jsonb_build_object('dc_charge', 'chg_' || n)))
      from generate_series(1, 20000) n`;
    const reads = await readsOf(
      world.databaseUrl,
      'inbox_events',
      (sql) => sql`
      update inbox_events e set due_at = null
      where e.state = 'ignored'
        and e.projection #>> '{snapshot,metadata,dc_charge}' = any (array(select id from charges limit 3))`,
    );
    expect(reads.flatMap(({ indexes }) => indexes)).toContain('inbox_events_ignored_mark_idx');
  });
});
