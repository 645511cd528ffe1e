/** The customer: comes or stays away, presses, presses twice, goes to the bank, gives up there, brings another card. */
import { pressConfirm } from '../../../src/billing/recovery/press.ts';
import { readAfterReturn } from '../../../src/billing/recovery/read-after-return.ts';
import { productionTimings } from '../../../src/platform/timings.ts';
import type { Rows } from '../../../src/store/work/obligations.ts';
import { OWN } from '../stage.ts';
import { CUSTOMER_ID } from '../statements/rows.ts';
import type { World } from '../world.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const SESSIONS_MAX = 5;

/** The customer's acts that are counted; each must happen often enough to mean something. */
export const customerActs = [
  'customer_stays_away',
  'press',
  'two_tabs',
  'press_redirect',
  'press_saved_card',
  'abandons_at_bank',
  'passes_at_bank',
  'fails_at_bank',
  'replaces_card',
  'leaves_after_saving',
  'saves_without_accepting',
] as const;

/** Plans the visits to a recovery's page; some customers never come, some come after its end. */
export function inviteCustomer(world: World, recovery_id: string): void {
  const { random, scheduler } = world;
  const visits = random.below(4);
  if (visits === 0) world.count('customer_stays_away');
  for (let visit = 0; visit < visits; visit += 1) {
    const delay_ms = random.fraction() ** 2 * 8 * DAY_MS;
    const tabs = random.chance(0.3) ? 2 : 1;
    if (tabs === 2) world.count('two_tabs');
    for (let tab = 0; tab < tabs; tab += 1)
      scheduler.spawn(
        `customer ${recovery_id}.${visit}.${tab}`,
        delay_ms + tab * random.between(0, 2_000),
        () => comeToPage(world, recovery_id),
      );
  }
}

async function comeToPage(world: World, recovery_id: string): Promise<void> {
  const { random } = world;
  const replaced = random.chance(0.3) ? await bringCard(world, recovery_id) : null;
  if (replaced === null) return pressPay(world, recovery_id, cardOnPage(world, recovery_id));
  // If the customer saves a card and leaves, a worker charges it ten minutes later.
  if (random.chance(0.5)) {
    world.count('leaves_after_saving');
    return;
  }
  world.scheduler.spawn('customer pays with new card', random.between(SECOND_MS, 11 * MINUTE_MS), () =>
    pressPay(world, recovery_id, replaced),
  );
}

/** The card that was declined, or another on file that the page offers beside it. */
function cardOnPage({ tables, random, count }: World, recovery_id: string): string {
  const declined = tables.rows.recovery.get(recovery_id)?.payment_method_id ?? OWN;
  const preferred = tables.rows.customer.get(CUSTOMER_ID)?.default_payment_method_id ?? declined;
  if (preferred === declined || tables.methods.get(preferred)?.state !== 'usable' || random.chance(0.5))
    return declined;
  count('press_saved_card');
  return preferred;
}

/** The charge that a link is about; null once the row of the link is lost. */
function chargeOf({ tables }: World, recovery_id: string): string | null {
  return tables.rows.recovery.get(recovery_id)?.charge_id ?? null;
}

async function pressPay(world: World, recovery_id: string, payment_method_id: string): Promise<void> {
  const { random, deps } = world;
  const charge_id = chargeOf(world, recovery_id);
  if (charge_id === null) return;
  world.count('press');
  const pressed = await pressConfirm(deps, {
    charge_id,
    recovery_id,
    payment_method_id,
    future_use: random.chance(0.2),
    return_url: 'https://pay.test/return',
  });
  world.count(`press_${pressed.outcome}`);
  world.trace?.(`customer hears ${pressed.outcome}`);
  if (pressed.outcome === 'redirect') goToBank(world, { charge_id, recovery_id }, pressed.url);
  if ((pressed.outcome === 'twin' || pressed.outcome === 'unsent') && random.chance(0.5))
    world.scheduler.spawn('customer presses again', random.between(SECOND_MS, MINUTE_MS), () =>
      pressPay(world, recovery_id, payment_method_id),
    );
}

type Link = { readonly charge_id: string; readonly recovery_id: string };

function goToBank(world: World, link: Link, url: string): void {
  const { random, bank, scheduler } = world;
  if (random.chance(0.4)) {
    world.count('abandons_at_bank');
    return;
  }
  const [, , , intent_id = '', challenge] = url.split('/');
  const intent = bank.intents.get(intent_id);
  if (intent === undefined) throw new Error(`no PaymentIntent behind ${url}`);
  const passes = random.chance(0.5);
  world.count(passes ? 'passes_at_bank' : 'fails_at_bank');
  const delay_ms = random.chance(0.7)
    ? random.between(5 * SECOND_MS, 3 * MINUTE_MS)
    : random.between(MINUTE_MS, 3 * 60 * MINUTE_MS);
  scheduler.at(scheduler.now_ms() + delay_ms, () => {
    world.trace?.(`the bank ${passes ? 'is satisfied' : 'is not satisfied'} with challenge ${challenge}`);
    bank.answer(intent, Number(challenge), passes);
    if (random.chance(0.7))
      scheduler.spawn('customer returns', random.between(100, 2_000), () =>
        readAfterReturn(world.deps, { ...link, payment_intent_id: intent_id }),
      );
  });
}

/** What Checkout and its event leave behind: a card on file for this charge. Null when no card may be added. */
function bringCard(world: World, recovery_id: string): Promise<string | null> {
  const { tables, statement } = world;
  return statement('saveMethodOfSetup', () => {
    const recovery = tables.rows.recovery.get(recovery_id);
    if (recovery === undefined) return null;
    const charge = tables.charge(recovery.charge_id);
    const now = tables.now();
    const known = tables.newCards.filter((each) => each.recovery_id === recovery_id);
    const isLive = recovery.state === 'open' && recovery.expires_at > now;
    const isFree = tables.attemptsOf(charge.id).every(({ ended_at }) => ended_at !== null);
    if (!isLive || !isFree || charge.state !== 'action_required' || charge.close_requested_at !== null)
      return null;
    if (known.length >= SESSIONS_MAX) return null;
    for (const { payment_method_id } of known) tables.setMethod(payment_method_id, { state: 'detaching' });
    world.count('replaces_card');
    return saveCard(world, recovery);
  });
}

function saveCard({ tables, random, count }: World, recovery: Rows['recovery']): string {
  const payment_method_id = `pm_new_${tables.methods.size}`;
  const card = {
    type: 'card',
    state: 'usable',
    consent_id: null,
    exp_year: 2_030,
    renewed_at: null,
  } as const;
  tables.methods.set(payment_method_id, { ...card, id: payment_method_id });
  const now = tables.now();
  const is_accepted = random.chance(0.8);
  if (!is_accepted) count('saves_without_accepting');
  const of = { recovery_id: recovery.id, charge_id: recovery.charge_id };
  tables.newCards = [...tables.newCards, { ...of, payment_method_id, is_accepted, saved_at: now }];
  const turn_ms = now.getTime() + productionTimings.replacementGraceMinutes * MINUTE_MS;
  const due_at = new Date(Math.min(turn_ms, recovery.due_at?.getTime() ?? turn_ms));
  tables.write('recovery', recovery.id, { due_at, revision: recovery.revision + 1 });
  return payment_method_id;
}
