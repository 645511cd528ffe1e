/** What happens to a customer's methods: another is preferred, a new one is set up, a card is renewed; and what the merchant makes of that. */
import { retryCharge } from '../../../src/billing/charge/retry-charge.ts';
import { changePaymentMethod } from '../../../src/billing/customer/change-payment-method.ts';
import { chooseMethod } from '../../../src/store/charge/method-choice.ts';
import { refreshMethod } from '../../../src/store/customer/payment-methods.ts';
import { prefer } from '../statements/customer-statements.ts';
import { customerOf } from '../statements/permission.ts';
import { BRAND } from '../statements/waking-statements.ts';
import { CHARGE, OTHER, SECOND, THIRD, type World } from '../world.ts';
import { isOpen } from './is-open.ts';
import { postsAnother } from './merchant.ts';
import { planBehind } from './planning.ts';

/** What is counted; each must happen often enough to mean something. */
export const methodActs = [
  'default_changed',
  'method_set_up',
  'card_renewed',
  'method_chosen',
  'retry_asked',
] as const;

const CALLER = 'key_model';
const SECOND_MS = 1_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Plans them. Where the card hardly ever pays, there is sure to be another soon. */
export function planMethods(world: World): void {
  const { random, scheduler, setting } = world;
  const change = () => changesDefault(world);
  const often = setting.follows ? 0.45 : 0.1;
  planBehind(world, often, 'another default', change);
  planBehind(world, often / 2, 'another default', change);
  planBehind(world, 0.08, 'a method is set up', () => setsUpMethod(world));
  planBehind(world, 0.1, 'a card is renewed', () => renewsCard(world));
  planBehind(world, 0.12, 'merchant chooses a method', () => choosesMethod(world));
  for (const probability of [0.45, 0.45])
    planBehind(world, probability, 'merchant retries', () => retries(world));
  if (!setting.bills) return;
  scheduler.spawn('merchant posts', random.between(0, HOUR_MS), () => postsAnother(world, SECOND));
  scheduler.spawn('merchant posts', random.between(0, HOUR_MS), () => postsAnother(world, THIRD));
  scheduler.spawn('another default', random.between(HOUR_MS, 3 * DAY_MS), change);
}

/** Makes another method on file the default; sometimes the old one again, at once. */
export async function changesDefault(world: World): Promise<void> {
  const { tables, random, scheduler, is_down } = world;
  if (is_down) return;
  const { default_payment_method_id } = customerOf(tables);
  const others = [...tables.methods.values()].filter(
    ({ id, state, consent_id }) =>
      id !== default_payment_method_id && state === 'usable' && consent_id !== null,
  );
  const other = others[random.below(others.length)];
  if (other === undefined) return;
  await prefers(world, other.id);
  if (default_payment_method_id !== null && random.chance(0.3))
    scheduler.spawn('the old default', random.between(0, 20 * SECOND_MS), () =>
      prefers(world, default_payment_method_id),
    );
}

async function prefers(world: World, payment_method_id: string): Promise<void> {
  const changed = await changePaymentMethod(world.deps, payment_method_id, 'default', CALLER);
  if (changed === 'done' && isOpen(world)) world.count('default_changed');
}

/** What Checkout and its event leave behind: a method under a consent of its own, sometimes for one charge only. */
async function setsUpMethod(world: World): Promise<void> {
  const { tables, statement, random } = world;
  const id = await statement('saveMethodOfSetup', () => {
    const name = `set_up_${tables.methods.size}`;
    const consent_id = `cns_${name}`;
    const frequency = random.chance(0.3) ? 'one_time' : 'recurring';
    tables.consents.set(consent_id, { id: consent_id, frequency, max_charges: null, revoked_at: null });
    const card = { type: 'card', state: 'usable', exp_year: 2_030, renewed_at: null } as const;
    tables.methods.set(`pm_${name}`, { ...card, id: `pm_${name}`, consent_id });
    if (customerOf(tables).default_payment_method_id === null) prefer(tables, `pm_${name}`);
    return `pm_${name}`;
  });
  if (isOpen(world)) world.count('method_set_up');
  await prefers(world, id);
}

/** The network gives the card new data, and Stripe's event says so. */
async function renewsCard(world: World): Promise<void> {
  const { tables, deps, is_down } = world;
  if (is_down) return;
  const id = customerOf(tables).default_payment_method_id ?? OTHER;
  const method = tables.methods.get(id);
  if (method?.type !== 'card') return;
  if (isOpen(world)) world.count('card_renewed');
  const card = { brand: BRAND, last4: '4242', exp_month: 12, exp_year: method.exp_year + 1 };
  const at_stripe = {
    type: 'card',
    customer: 'cus_model',
    livemode: false,
    allow_redisplay: null,
    bank: null,
    has_address: false,
    card_mark: null,
  };
  await refreshMethod(deps.sql, { id, ...at_stripe, card }, 'evt_model');
}

/** Has the charge keep another method than it would be tried with. */
async function choosesMethod(world: World): Promise<void> {
  const { deps, tables, random } = world;
  const methods = [...tables.methods.values()].filter(({ consent_id }) => consent_id !== null);
  const method = methods[random.below(methods.length)];
  if (method === undefined) return;
  const choice = { charge_id: CHARGE, payment_method_id: method.id, cause_reference: CALLER };
  const refusal = await chooseMethod(deps.sql, choice);
  if (refusal === null) world.count('method_chosen');
}

/** Asks for the next try now. */
async function retries(world: World): Promise<void> {
  const { deps, scheduler } = world;
  const asked = { from_ms: scheduler.now_ms(), to_ms: Number.POSITIVE_INFINITY };
  world.retries.set(CHARGE, [...(world.retries.get(CHARGE) ?? []), asked]);
  const { outcome } = await retryCharge(deps, CHARGE, CALLER);
  asked.to_ms = scheduler.now_ms();
  if (outcome === 'due') world.count('retry_asked');
}
