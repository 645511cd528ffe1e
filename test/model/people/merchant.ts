/** The merchant: posts, cancels, and withdraws what the customer takes back. */
import { cancelCharge } from '../../../src/billing/charge/cancel-charge.ts';
import { type RequestedCharge, requestCharge } from '../../../src/billing/charge/request-charge.ts';
import { changePaymentMethod } from '../../../src/billing/customer/change-payment-method.ts';
import { revokeConsent } from '../../../src/billing/customer/revoke-consent.ts';
import { stopCustomer } from '../../../src/billing/customer/stop-customer.ts';
import { beginDetach } from '../../../src/store/customer/payment-method-changes.ts';
import { withdraw } from '../withdrawals.ts';
import { type Asked, askedFor, hashOf, ROUTE, SECOND, type World } from '../world.ts';
import { isOpen } from './is-open.ts';

/** The merchant's acts that are counted; each must happen often enough to mean something. */
export const merchantActs = [
  'merchant_cancels',
  'consent_revoked',
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

export async function revokes(world: World): Promise<void> {
  if (isOpen(world)) world.count('consent_revoked');
  await withdraw(world, 'revocation', everything, async () => {
    await revokeConsent(world.deps, 'cns_model', CALLER);
    return true;
  });
}

export async function stops(world: World): Promise<void> {
  if (isOpen(world)) world.count('customer_stopped');
  await withdraw(world, 'stop', everything, async () => {
    await stopCustomer(world.deps, 'cst_model', CALLER);
    return true;
  });
}

const everything = () => true;

/** Takes the card off file; once no attempt with it is unanswered, Stripe detaches it, and it is told detached. */
export async function detaches(world: World): Promise<void> {
  const { deps, scheduler, tables } = world;
  if (isOpen(world)) world.count('method_detached');
  const concerns = (_id: string, method: string) => method === 'pm_own';
  await withdraw(world, 'detachment', concerns, async () => {
    return (await changePaymentMethod(deps, 'pm_own', 'detach', CALLER)) === 'done';
  });
  const look = async (looks: number): Promise<void> => {
    if (tables.methods.get('pm_own')?.state === 'withdrawn' && !(await beginDetach(deps.sql, 'pm_own'))) {
      if (looks < DETACH_LOOKS_MAX) scheduler.spawn('detaching', DETACH_MS, () => look(looks + 1));
      return;
    }
    world.gone.add('pm_own');
    const told = { what: 'detached', concerns, in_flight: [], again: null } as const;
    world.withdrawals.push({ ...told, answered_ms: scheduler.now_ms() });
  };
  scheduler.spawn('detaching', 0, () => look(0));
}

/** A second charge under the same consent, whatever happens to that meanwhile. */
export async function postsSecond(world: World): Promise<void> {
  const outcome = await posts(world, askedFor(SECOND));
  if (outcome === 'created') world.count('second_charge');
  if (outcome === 'refused') world.count('refused_at_intake');
}

/** Posts a charge; its id derives from the key. */
export async function posts(world: World, asked: Asked): Promise<RequestedCharge['outcome']> {
  const { key, reference, amount_minor } = asked;
  const charge = { id: key, customer_id: 'cst_model', payment_method_id: 'pm_own', amount_minor, reference };
  const request = { route: ROUTE, key, request_hash: hashOf(asked) };
  const taken = await requestCharge(world.deps, { ...charge, ...PLAIN }, request, CALLER);
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
} as const;
