/** The merchant: posts, cancels, and withdraws what the customer takes back. */
import { cancelCharge } from '../../../src/billing/charge/cancel-charge.ts';
import { type RequestedCharge, requestCharge } from '../../../src/billing/charge/request-charge.ts';
import { changePaymentMethod } from '../../../src/billing/customer/change-payment-method.ts';
import { revokeConsent } from '../../../src/billing/customer/revoke-consent.ts';
import { stopCustomer } from '../../../src/billing/customer/stop-customer.ts';
import { beginDetach } from '../../../src/store/customer/payment-method-changes.ts';
import { OWN } from '../stage.ts';
import { CUSTOMER_ID } from '../statements/rows.ts';
import { type Concern, knownOutcomes, withdraw } from '../withdrawals.ts';
import { type Asked, askedFor, hashOf, ROUTE, SECOND, type World } from '../world.ts';
import { isOpen } from './is-open.ts';

/** The merchant's acts that are counted; each must happen often enough to mean something. */
export const merchantActs = [
  'merchant_cancels',
  'consent_revoked',
  'revoked_with_move',
  'customer_stopped',
  'method_detached',
  'in_flight_listed',
  'second_charge',
  'refused_at_intake',
] as const;

const CALLER = 'key_model';
/** How often we look whether a method is free to be detached; and for how long. */
const DETACH_MS = 5_000;
const DETACH_LOOKS_MAX = 40;

export async function cancels(world: World, charge_id: string): Promise<void> {
  if (isOpen(world, charge_id)) world.count('merchant_cancels');
  world.cancels.add(charge_id);
  await withdraw(
    world,
    'cancel',
    (id) => id === charge_id,
    async () => (await cancelCharge(world.deps, charge_id, CALLER)).outcome !== 'unknown',
  );
}

/** Ends a consent; with `move`, what follows its customer may go on under another. */
export async function revokes(world: World, consent_id: string, move: boolean): Promise<void> {
  if (isOpen(world)) world.count(move ? 'revoked_with_move' : 'consent_revoked');
  const concerns: Concern = (_id, resting) => resting.consent_id === consent_id;
  await withdraw(world, 'revocation', concerns, async () => {
    await revokeConsent(world.deps, consent_id, CALLER, { move });
    return true;
  });
}

export async function stops(world: World): Promise<void> {
  if (isOpen(world)) world.count('customer_stopped');
  await withdraw(world, 'stop', everything, async () => {
    await stopCustomer(world.deps, CUSTOMER_ID, CALLER);
    return true;
  });
}

const everything = () => true;

/** Takes the card off file; once no attempt with it is unanswered, Stripe detaches it, and it is told detached. */
export async function detaches(world: World, method: string): Promise<void> {
  const { deps, scheduler, tables } = world;
  if (isOpen(world)) world.count('method_detached');
  const concerns: Concern = (_id, resting) => resting.payment_method_id === method;
  await withdraw(world, 'detachment', concerns, async () => {
    return (await changePaymentMethod(deps, method, 'detach', CALLER)) === 'done';
  });
  const look = async (looks: number): Promise<void> => {
    if (tables.methods.get(method)?.state === 'withdrawn' && !(await beginDetach(deps.sql, method))) {
      if (looks < DETACH_LOOKS_MAX) scheduler.spawn('detaching', DETACH_MS, () => look(looks + 1));
      return;
    }
    // Its withdrawal was lost: it is on file again, and nobody is told otherwise.
    if (tables.methods.get(method)?.state !== 'detaching') return;
    world.gone.add(method);
    const told = {
      what: 'detached',
      concerns,
      in_flight: [],
      known: knownOutcomes(tables),
      again: null,
    } as const;
    world.withdrawals.push({ ...told, answered_ms: scheduler.now_ms() });
  };
  scheduler.spawn('detaching', 0, () => look(0));
}

/** Another charge of the same customer, whatever happens meanwhile to what it would rest on. */
export async function postsAnother(world: World, id: string = SECOND): Promise<void> {
  const outcome = await posts(world, askedFor(id));
  if (outcome === 'created') world.count('second_charge');
  if (outcome === 'refused') world.count('refused_at_intake');
}

/** Posts a charge; its id derives from the key. */
export async function posts(world: World, asked: Asked): Promise<RequestedCharge['outcome']> {
  const { key, reference, amount_minor } = asked;
  const payment_method_id = world.setting.follows ? null : OWN;
  const charge = { id: key, customer_id: CUSTOMER_ID, payment_method_id, amount_minor, reference };
  const request = { route: ROUTE, key, request_hash: hashOf(asked) };
  const taken = await requestCharge(
    world.deps,
    { ...charge, ...PLAIN, terms: world.setting.terms },
    request,
    CALLER,
  );
  world.trace?.(`merchant hears ${taken.outcome} of ${key}`);
  if (taken.outcome === 'created') world.accepted.set(key, asked);
  return taken.outcome;
}

const PLAIN = {
  currency: 'eur',
  description: 'model',
  again_of: null,
  scheduled_for: null,
  metadata: {},
  document: null,
} as const;
