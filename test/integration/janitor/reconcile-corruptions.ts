/**
 * One corruption for each rule that `reconcile` checks: it breaks that rule and no other. Whatever is forged is forged
 * whole, timeline and notification included, past the triggers, and past an index where that is the wall.
 */
import postgres from 'postgres';
import type { DifferenceKind } from '../../../src/domain/reconciliation.ts';
import { randomId } from '../../../src/platform/ids.ts';
import type { World } from '../../harness/world.ts';
import {
  asked,
  behindOurBack,
  confirmByHand,
  declined,
  paid,
  unconfirmed,
  untouched,
} from './reconcile-charges.ts';

/** What the difference must be about; null for what is no charge's. */
export type Corruption = () => Promise<{ readonly charge: string | null }>;
export type Corruptor = Awaited<ReturnType<typeof createCorruptor>>;

const HOUR_S = 3_600;

/** A hand that reaches past every trigger, in a world whose webhooks are lost. */
export async function createCorruptor(world: World) {
  await world.simulator.control.webhooks({ paused: true });
  const sql = postgres(world.databaseUrl, { max: 1, onnotice: () => {} });
  await sql`set session_replication_role = replica`;
  await sql`drop index charge_attempts_one_open_key, recoveries_one_live_key`;
  const orphan = await unconfirmed(world, 'chg_nowhere', 'ins_other');
  await world.advance(26 * HOUR_S);
  return {
    sql,
    corruptions: {
      ...betweenUsAndStripe(world, sql, orphan),
      ...ofOneSide(world, sql),
      ...ofAttempts(world),
      ...ofHistory(world, sql),
      ...ofWhatRests(world, sql),
    } satisfies Record<DifferenceKind, Corruption>,
    close: () => sql.end({ timeout: 1 }),
  };
}

type Forger = postgres.Sql;

/** Moves a charge as the triggers would have, whatever the machine says. */
async function forge(sql: Forger, charge: string, to: string): Promise<void> {
  await sql`
    with moved as (
      update charges set state = ${to}, version = version + 1, due_at = null,
        settled_at = case when ${to} in ('succeeded', 'failed') then dc_now() end,
        amount_received_minor = case when ${to} = 'succeeded' then amount_minor end
      where id = ${charge} returning id, version
    ), noted as (
      insert into transitions (entity, entity_id, from_state, to_state, version, cause)
      select 'charge', t.entity_id, t.to_state, ${to}, moved.version, 'forged'
      from transitions t join moved on moved.id = t.entity_id and t.version = moved.version - 1
      where t.entity = 'charge'
    )
    insert into events (id, epoch, type, object, object_id, version, cause, created_at, facts)
    select new_event_id(), 0, 'charge.' || ${to}, 'charge', id, version, 'forged', dc_now(), '{}'
    from moved where ${to} in ('succeeded', 'failed')`;
}

function betweenUsAndStripe(world: World, sql: Forger, orphan: string) {
  const { id: instance } = world.deps.instance;
  return {
    success_without_charge: async () => {
      await behindOurBack(world);
      return { charge: null };
    },
    success_of_unbound_payment_intent: async () => {
      const charge = await declined(world);
      await behindOurBack(world, { dc_charge: charge, dc_instance: instance });
      return { charge };
    },
    charged_twice: async () => {
      const charge = await paid(world);
      await behindOurBack(world, { dc_charge: charge, dc_instance: instance });
      return { charge };
    },
    succeeded_at_stripe_only: async () => {
      const charge = await declined(world);
      await confirmByHand(world, charge, `by-hand:${charge}`);
      return { charge };
    },
    succeeded_here_only: async () => {
      const charge = await declined(world);
      await forge(sql, charge, 'succeeded');
      return { charge };
    },
    closed_without_proof: async () => {
      const charge = await declined(world);
      await forge(sql, charge, 'failed');
      return { charge };
    },
    payment_intent_missing: async () => {
      const charge = await untouched(world);
      await sql`update charges set stripe_payment_intent_id = 'pi_gone' where id = ${charge}`;
      return { charge };
    },
    orphan_left: async () => {
      const charge = await paid(world);
      await world.sdk.paymentIntents.update(
        orphan,
        { metadata: { dc_charge: charge, dc_instance: instance } },
        { idempotencyKey: `adopt:${orphan}` },
      );
      return { charge };
    },
    confirm_without_attempt: async () => {
      const charge = await declined(world, 'insufficient_funds');
      await confirmByHand(world, charge, `dc1:${charge}:confirm:7`).catch(() => null);
      return { charge };
    },
  } satisfies Partial<Record<DifferenceKind, Corruption>>;
}

function ofOneSide(world: World, sql: Forger) {
  return {
    amount_differs: async () => {
      const charge = await paid(world);
      await sql`update charges set amount_minor = amount_minor + 1 where id = ${charge}`;
      return { charge };
    },
    currency_differs: async () => {
      const charge = await paid(world);
      await sql`update charges set currency = 'usd' where id = ${charge}`;
      return { charge };
    },
    customer_differs: async () => {
      const [charge, other] = [await paid(world), await world.customer('pm_card_visa')];
      await sql`update charges set customer_id = ${other.customer_id} where id = ${charge}`;
      return { charge };
    },
    livemode_differs: async () => {
      const charge = await paid(world);
      await sql`update charges set livemode = true where id = ${charge}`;
      return { charge };
    },
    sums_differ: async () => {
      const charge = await paid(world);
      await sql`update charges set settled_at = null where id = ${charge}`;
      return { charge: null };
    },
  } satisfies Partial<Record<DifferenceKind, Corruption>>;
}

function ofAttempts(world: World) {
  type Forged = { number: number; state: string; key?: string; intent?: string };
  async function attempt(charge: string, { number, state, key, intent }: Forged) {
    const { stripe_payment_intent_id, payment_method_id } = (await world.read(charge)).charge;
    await world.sql`
      insert into charge_attempts (charge_id, number, kind, state, idempotency_key, stripe_payment_intent_id,
        payment_method_id, request_body, api_version, lease_number, ended_at)
      values (${charge}, ${number}, 'off_session', ${state}, ${key ?? `dc1:${charge}:confirm:${number}`},
        ${intent ?? stripe_payment_intent_id}, ${payment_method_id}, '', '', 1,
        case when ${state} = 'open' then null else dc_now() end)`;
    return { charge };
  }
  return {
    two_open_attempts: async () => {
      const charge = await declined(world);
      await attempt(charge, { number: 2, state: 'open' });
      return attempt(charge, { number: 3, state: 'open' });
    },
    attempt_numbers_gap: async () => attempt(await declined(world), { number: 3, state: 'lost' }),
    attempt_key_differs: async () => {
      const charge = await declined(world);
      return attempt(charge, { number: 2, state: 'lost', key: `dc1:${charge}:confirm:3` });
    },
    attempt_of_other_payment_intent: async () =>
      attempt(await declined(world), { number: 2, state: 'lost', intent: 'pi_other' }),
    attempt_contradicts_charge: async () => attempt(await declined(world), { number: 2, state: 'succeeded' }),
    closed_charge_with_open_attempt: async () => attempt(await paid(world), { number: 2, state: 'open' }),
  } satisfies Partial<Record<DifferenceKind, Corruption>>;
}

function ofHistory(world: World, sql: Forger) {
  return {
    move_not_allowed: async () => {
      const charge = await untouched(world);
      await forge(sql, charge, 'retry_wait');
      return { charge };
    },
    timeline_gap: async () => {
      const charge = await paid(world);
      await sql`delete from transitions where entity = 'charge' and entity_id = ${charge} and version = 2`;
      return { charge };
    },
    state_differs_from_timeline: async () => {
      const charge = await paid(world);
      await sql`update charges set version = version + 1 where id = ${charge}`;
      return { charge };
    },
    told_twice: async () => {
      const charge = await paid(world);
      await sql`
        insert into events (id, epoch, type, object, object_id, version, cause, created_at, facts)
        values (new_event_id(), 0, 'charge.failed', 'charge', ${charge}, 99, 'forged', dc_now(), '{}')`;
      return { charge };
    },
    told_differs: async () => {
      const charge = await paid(world);
      await sql`update events set type = 'charge.failed' where object_id = ${charge} and type = 'charge.succeeded'`;
      return { charge };
    },
    not_told: async () => {
      const charge = await paid(world);
      await sql`delete from events where object_id = ${charge} and type = 'charge.succeeded'`;
      return { charge };
    },
  } satisfies Partial<Record<DifferenceKind, Corruption>>;
}

function ofWhatRests(world: World, sql: Forger) {
  async function recovery(charge: string, state: 'open' | 'completed') {
    const { payment_method_id } = (await world.read(charge)).charge;
    await world.sql`
      insert into recoveries (id, state, charge_id, kind, payment_method_id, expires_at, link_nonce, closed_at)
      values (${randomId('rec')}, ${state}, ${charge}, 'authenticate', ${payment_method_id},
        dc_now() + interval '1 day', 'nonce', case when ${state} = 'open' then null else dc_now() end)`;
    return { charge };
  }
  return {
    two_live_recoveries: async () => recovery(await asked(world), 'open'),
    recovery_completed_unpaid: async () => recovery(await asked(world), 'completed'),
    recovery_outlives_charge: async () => recovery(await paid(world), 'open'),
    closed_row_leased: async () => {
      const charge = await paid(world);
      await sql`update charges set lease_until = clock_timestamp() + interval '1 hour' where id = ${charge}`;
      return { charge };
    },
    closed_row_due: async () => {
      const charge = await paid(world);
      await sql`update charges set due_at = dc_now() + interval '1 day' where id = ${charge}`;
      return { charge };
    },
    overdue: async () => {
      const charge = await asked(world);
      await sql`update recoveries set due_at = dc_now() - interval '20 minutes' where charge_id = ${charge}`;
      return { charge };
    },
    event_not_applied: async () => {
      await world.sql`
        insert into inbox_events (id, state, type, object_type, livemode, stripe_created_at, projection, created_at)
        values ('evt_forgotten', 'received', 'payment_intent.succeeded', 'payment_intent', false, now(), 'null',
          dc_now() - interval '20 minutes')`;
      return { charge: null };
    },
  } satisfies Partial<Record<DifferenceKind, Corruption>>;
}
