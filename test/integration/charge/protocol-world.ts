/** What the protocol's scenarios share: Stripe's word brought by hand, and the rows that a person reads afterwards. */
import { expect } from 'vitest';
import { pressConfirm } from '../../../src/billing/recovery/press.ts';
import type { PaymentSnapshot } from '../../../src/domain/charge/payment-snapshot.ts';
import { requestClose } from '../../../src/store/charge/close-requests.ts';
import { insertInboxEvents } from '../../../src/store/door/inbox-intake.ts';
import { retrievePaymentIntent } from '../../../src/stripe/payment-intents.ts';
import type { World } from '../../harness/world.ts';

let events = 0;

/** The PaymentIntent of a charge as Stripe shows it now. */
export async function intentOf(world: World, charge: string): Promise<PaymentSnapshot> {
  const { stripe_payment_intent_id } = (await world.read(charge)).charge;
  const answer = await retrievePaymentIntent(world.deps.stripe, stripe_payment_intent_id ?? '');
  if (answer.kind !== 'ok') throw new Error(`Stripe does not show the PaymentIntent of ${charge}`);
  return answer.value;
}

/** An event about a PaymentIntent, as a webhook brings it, and its application. Answers the event's id. */
export async function tell(
  world: World,
  snapshot: PaymentSnapshot,
  told: { readonly type?: string; readonly key?: string | null } = {},
): Promise<string> {
  events += 1;
  const id = `evt_told_${process.pid}_${events}`;
  const event = {
    id,
    type: told.type ?? `payment_intent.${snapshot.status}`,
    object_type: 'payment_intent',
    object_id: snapshot.id,
    request_key: told.key ?? null,
    livemode: false,
    created_s: 1,
    projection: { object: 'payment_intent', snapshot },
  };
  await insertInboxEvents(world.sql, [event], 'webhook');
  await world.work(['inbox_event']);
  return id;
}

/** A customer at the bank's page, after a card that needs them. */
export async function atTheBank(world: World, card = 'pm_card_authenticationRequired') {
  const customer = await world.customer(card);
  const charge = await world.charge(customer);
  await world.work(['charge']);
  const { recovery } = await world.read(charge);
  const press = {
    charge_id: charge,
    recovery_id: recovery?.id ?? '',
    payment_method_id: customer.payment_method_id,
    future_use: false,
    return_url: 'http://127.0.0.1/r/page',
  };
  expect((await pressConfirm(world.deps, press)).outcome).toBe('redirect');
  return { customer, charge, press };
}

/** The merchant's wish to cancel. */
export function cancel(world: World, charge: string): Promise<string[]> {
  return requestClose(world.sql, [charge], {
    as: 'canceled',
    detail: null,
    recovery: 'revoked',
    cause: 'api',
    cause_reference: null,
  });
}

/** The breaks written about a charge or a PaymentIntent. */
export async function breaksOf(world: World, entity_id: string): Promise<string[]> {
  const rows = await world.sql<{ kind: string }[]>`
    select kind from breaks where entity_id = ${entity_id} order by id`;
  return rows.map((row) => row.kind);
}

/** What the merchant is told of a charge's own moves after its birth, in order. */
export async function toldOf(world: World, charge: string): Promise<string[]> {
  const rows = await world.sql<{ type: string }[]>`
    select type from events
    where object_id = ${charge} and type like 'charge.%' and type not in ('charge.created', 'charge.attempt_failed')
    order by id`;
  return rows.map((row) => row.type);
}

/** The confirms that reached the simulator for a charge, by key. */
export async function confirmsOf(world: World, charge: string): Promise<string[]> {
  const requests = await world.simulator.control.requests(world.secretKey);
  const keys = requests.map((request) => request.idempotency_key ?? '');
  return keys.filter((key) => key.startsWith(`dc1:${charge}:confirm:`));
}

/** Seconds until the charge is due; null when nothing is owed by it. */
export async function dueInSeconds(world: World, charge: string): Promise<number | null> {
  const [row] = await world.sql<{ seconds: number | null }[]>`
    select round(extract(epoch from due_at - dc_now()))::int as seconds from charges where id = ${charge}`;
  return row?.seconds ?? null;
}

/** Seconds between the charge's last move and when it is due. */
export async function dueAfterMove(world: World, charge: string): Promise<number | null> {
  const [row] = await world.sql<{ seconds: number | null }[]>`
    select round(extract(epoch from c.due_at - max(t.at)))::int as seconds
    from charges c join transitions t on t.entity = 'charge' and t.entity_id = c.id
    where c.id = ${charge} group by c.id`;
  return row?.seconds ?? null;
}

/** Takes away every fault that has not fired, and lets the webhooks through. */
export async function clearWeather(world: World): Promise<void> {
  for (const fault of await world.simulator.control.listFaults())
    await world.simulator.control.removeFault(fault.id);
  await world.simulator.control.webhooks({ paused: false });
}

/** The states of a charge's attempts, in order of their numbers. */
export async function attemptStates(world: World, charge: string): Promise<string[]> {
  return (await world.read(charge)).attempts.map((attempt) => attempt.state);
}
