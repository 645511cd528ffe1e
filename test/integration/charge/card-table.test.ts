/**
 * Every card of the simulator through the whole of it: saved by its customer, charged off-session, then twenty days.
 * One world for all of them, so that time passes once.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Inbox, startInbox } from '../../../sandbox/inbox.ts';
import { cards } from '../../../simulator/magic.ts';
import { pressConfirm } from '../../../src/billing/recovery/press.ts';
import { type Merchant, merchantOf } from '../../harness/merchant.ts';
import { createWorld, type World } from '../../harness/world.ts';
import {
  type CardExpectation,
  cardExpectations,
  type Moment,
  type ScriptedCard,
  scriptedCards,
} from './charge-expectations.ts';

const STEP_S = 12 * 3_600;
const DAYS = 20;
const SETUP_TRIES = 5;
const HOOK_MS = 120_000;

/** One customer with one card and one charge on their way. */
type Played = {
  readonly token: string;
  readonly script: ScriptedCard['script'] | null;
  /** Goes to the bank when asked, and passes; the others react to nothing. */
  readonly presses: boolean;
  readonly email: string;
  readonly customer: string;
  readonly setup: string;
  readonly charge: string | null;
  at_once: Moment | null;
};

let world: World;
let inbox: Inbox;
let merchant: Merchant;
const played = new Map<string, Played>();
/** The status of a charge after its customer has passed at the bank. */
const atBank = new Map<string, string>();

beforeAll(async () => {
  inbox = await startInbox();
  const smtp = { host: '127.0.0.1', port: Number(new URL(inbox.smtp_url).port) };
  world = await createWorld({ smtp, simulator: { clock: 'manual' } });
  merchant = merchantOf(world);
  await saveCards(await begin());
  await chargeAll();
  await goToTheBank();
  for (let passed = 0; passed < DAYS * 86_400; passed += STEP_S) {
    await world.advance(STEP_S);
    await merchant.settle();
  }
}, HOOK_MS);

afterAll(async () => {
  await world.close();
  await inbox.close();
});

async function begin(): Promise<Map<string, Played>> {
  const rows = [
    ...cards.map(({ token }) => ({ name: token, token, script: null, presses: false })),
    ...cards
      .filter(({ token }) => atTheBank(cardExpectations[token]) !== undefined)
      .map(({ token }) => ({ name: pressing(token), token, script: null, presses: true })),
    ...scriptedCards.map(({ name, script }) => ({ name, token: 'pm_card_visa', script, presses: false })),
  ];
  const begun = new Map<string, Played>();
  for (const { name, ...row } of rows) {
    const email = `card${begun.size}@example.test`;
    const customer = await merchant.customer(email);
    const setup = await merchant.setup(customer);
    begun.set(name, { ...row, email, customer, setup, charge: null, at_once: null });
  }
  await merchant.settle();
  return begun;
}

async function saveCards(begun: Map<string, Played>): Promise<void> {
  for (const { token, setup } of begun.values()) {
    // A customer whose card is refused tries again, as often as we let them.
    for (let tries = 0; tries < SETUP_TRIES; tries += 1) {
      if ((await merchant.confirmSetup(setup, token)) === 200) break;
    }
  }
  await merchant.settle();
  for (const [name, row] of begun) {
    const { payment_method } = await merchant.showSetup(row.setup);
    if (row.script !== null) await world.simulator.control.script(String(payment_method), row.script);
    played.set(name, { ...row, charge: await merchant.charge(row.customer) });
  }
}

async function chargeAll(): Promise<void> {
  await merchant.settle();
  for (const row of played.values()) row.at_once = row.charge === null ? null : await momentOf(row);
}

async function goToTheBank(): Promise<void> {
  for (const { presses, charge } of played.values()) {
    if (!presses || charge === null) continue;
    const { charge: row, recovery } = await world.read(charge);
    const pressed = await pressConfirm(world.deps, {
      charge_id: charge,
      recovery_id: String(recovery?.id),
      payment_method_id: row.payment_method_id,
      future_use: false,
      return_url: 'http://127.0.0.1/r/page',
    });
    expect(pressed.outcome).toBe('redirect');
    await world.simulator.control.authenticate(String(row.stripe_payment_intent_id), 'succeed');
    await merchant.settle();
    // What follows from here is the silent customer's story again.
    atBank.set(charge, (await merchant.show(charge)).status);
  }
}

/** What the API, the ledger and the inbox have to say of a charge now. */
async function momentOf({ charge, email }: Played): Promise<Moment> {
  const { status, detail } = await merchant.show(String(charge));
  const intents = await world.ledger(String(charge));
  expect(intents).toHaveLength(1);
  return {
    status: status as Moment['status'],
    detail,
    confirms: intents.reduce((sum, intent) => sum + intent.confirms, 0),
    mails: inbox.messages().filter((mail) => mail.to === email).length,
  };
}

function of(name: string): Played {
  const row = played.get(name);
  if (row === undefined) throw new Error(`nobody played ${name}`);
  return row;
}

const pressing = (token: string) => `${token}, pressing`;
const atTheBank = (expected: CardExpectation | undefined) =>
  expected?.setup === 'succeeded' ? expected.at_the_bank : undefined;

async function expectAsWritten(name: string, expected: CardExpectation | undefined): Promise<void> {
  const row = of(name);
  if (expected === undefined) throw new Error(`nothing is written about ${name}`);
  expect((await merchant.showSetup(row.setup)).status).toBe(expected.setup);
  if (expected.setup === 'failed') {
    expect(row.charge).toBeNull();
    return;
  }
  expect(row.at_once).toEqual(expected.at_once);
  expect(await momentOf(row)).toEqual(expected.in_the_end);
  const paid = expected.in_the_end.status === 'succeeded';
  const ending = paid ? { status: 'succeeded', successes: 1 } : { status: 'canceled', successes: 0 };
  expect(await world.ledger(String(row.charge))).toMatchObject([ending]);
}

describe('each card of the simulator’s table', () => {
  test('has its expectation, and no expectation is without a card', () => {
    expect(Object.keys(cardExpectations).sort()).toEqual(cards.map((card) => card.token).sort());
  });

  test.each(cards.map((card) => card.token))('%s ends as written', async (token) => {
    await expectAsWritten(token, cardExpectations[token]);
  });

  test.each(
    cards.filter(({ token }) => cardExpectations[token]?.setup === 'failed').map(({ token }) => token),
  )('%s, which no bank lets be saved, leaves no method and no open SetupIntent', async (token) => {
    const { setup, customer } = of(token);
    const shown = await merchant.showSetup(setup);
    expect(shown).toMatchObject({ status: 'failed', payment_method: null });
    expect(await world.sdk.setupIntents.retrieve(String(shown.stripe_setup_intent_id))).toMatchObject({
      status: 'canceled',
    });
    expect(await world.sql`select 1 from payment_methods where customer_id = ${customer}`).toEqual([]);
  });

  test.each(
    cards.map(({ token }) => [token, atTheBank(cardExpectations[token])] as const).filter(([, as]) => as),
  )('%s, taken to the bank by its customer, is %s', (token, expected) => {
    expect(atBank.get(String(of(pressing(token)).charge))).toBe(expected);
  });
});

describe('a saved card that later says', () => {
  test.each(scriptedCards)('$name ends as written', ({ name, expected }) => expectAsWritten(name, expected));
});
