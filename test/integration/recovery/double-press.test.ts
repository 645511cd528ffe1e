/** The customer presses twice: whichever answer their browser shows, it leads to where the first one led. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../../harness/until.ts';
import { createRecoveryWorld, offers, type Page, type RecoveryWorld, stateOf } from './recovery-world.ts';

let world: RecoveryWorld;

beforeAll(async () => {
  world = await createRecoveryWorld({ timings: { stripeTimeoutMs: 4_000, twinWaitMs: 5_000 } });
});

afterAll(() => world.close());

const CHALLENGED = 'pm_card_authenticationRequired';
const CONFIRMS = { method: 'POST', route: '/v1/payment_intents/:id/confirm' };

/** The customer's page, in one browser, whose cookie every window has. */
async function opened(script?: Parameters<RecoveryWorld['asked']>[1]) {
  const asked = await world.asked(script === undefined ? CHALLENGED : 'pm_card_visa', script);
  const browser = world.browser();
  return { ...asked, browser, page: await browser.get(asked.link) };
}

const delayConfirm = (ms: number) =>
  world.simulator.control.faults({ match: CONFIRMS, action: { type: 'delay', ms }, times: 1 });

const states = async (charge: string) => (await world.read(charge)).attempts.map(({ state }) => state);

/** The press whose answer nobody reads yet, up to where its confirm is on the wire. */
async function pressedFirst(given: Awaited<ReturnType<typeof opened>>): Promise<{ answer: Promise<Page> }> {
  const answer = given.browser.press(given.page, 'confirm');
  await until('the first confirm to be sent', async () => {
    const [intent] = await world.ledger(given.charge);
    const { charge, attempts } = await world.read(given.charge);
    return intent !== undefined && charge.state === 'in_flight' && attempts.at(-1)?.state === 'open';
  });
  return { answer };
}

test.each([1, 2, 3])('%i presses beside the first all lead to the one page of the bank', async (more) => {
  const { charge, browser, page } = await opened();

  const answers = await Promise.all(Array.from({ length: more + 1 }, () => browser.press(page, 'confirm')));

  expect(new Set(answers.map(({ url }) => url)).size).toBe(1);
  expect(answers[0]?.url).toContain('/3ds/');
  expect(await states(charge)).toEqual(['authentication_required', 'awaiting_customer']);
});

test('a press in the middle of a slow confirm waits for its answer, and follows it to the bank', async () => {
  const given = await opened();
  await delayConfirm(800);

  const first = await pressedFirst(given);
  const second = await given.browser.press(given.page, 'confirm');

  expect(second.url).toContain('/3ds/');
  expect((await first.answer).url).toBe(second.url);
  expect(await states(given.charge)).toEqual(['authentication_required', 'awaiting_customer']);
});

test('a press after the answer leads to the same page of the bank', async () => {
  const { browser, page } = await opened();

  const first = await browser.press(page, 'confirm');
  const second = await browser.press(page, 'confirm');

  expect(second.url).toBe(first.url);
});

/** A new card that pays without its bank: the page that offers to pay with it. */
async function withNewCard(number = '4242424242424242') {
  const given = await opened(['expired_card']);
  const checkout = await given.browser.press(given.page, 'replace');
  const ready = await given.browser.press(checkout, 'checkout-pay', { number, action: 'pay' });
  return { ...given, ready };
}

test('a press beside one that pays at once finds it paid', async () => {
  const { charge, browser, ready } = await withNewCard();
  await delayConfirm(400);

  const both = await Promise.all([1, 2].map(() => browser.press(ready, 'pay-replacement')));

  expect(both.map((page) => [page.status, stateOf(page)])).toEqual([
    [200, 'paid'],
    [200, 'paid'],
  ]);
  expect(await world.ledger(charge)).toMatchObject([{ successes: 1, confirms: 2 }]);
});

test('a press beside one that is declined asks for no second attempt, however late it comes', async () => {
  const { charge, browser, ready } = await withNewCard();
  const { payment_method_id } =
    (await world.sql`select payment_method_id from replacements where charge_id = ${charge}`)[0] ?? {};
  await world.simulator.control.script(String(payment_method_id), ['insufficient_funds']);
  await delayConfirm(400);

  const both = await Promise.all([1, 2].map(() => browser.press(ready, 'pay-replacement')));
  const late = await browser.press(ready, 'pay-replacement');

  expect([...both, late].map((page) => [page.status, stateOf(page)])).toEqual(
    [1, 2, 3].map(() => [200, 'failed_try']),
  );
  expect(await world.ledger(charge)).toMatchObject([{ successes: 0, confirms: 2 }]);
  const again = await browser.press(late, 'pay-replacement');
  expect(stateOf(again)).toBe('paid');
});

test('a confirm that nobody answers in time leaves the second press at a page that looks by itself', async () => {
  const given = await opened();
  await world.simulator.control.faults({ match: CONFIRMS, action: { type: 'hang_after' }, times: 1 });

  const first = await pressedFirst(given);
  let is_answered = false;
  const answered = first.answer.then(() => {
    is_answered = true;
  });
  const shown = await Promise.all(
    Array.from({ length: 6 }, async () => {
      const page = await given.browser.press(given.page, 'confirm');
      return { page, is_late: is_answered };
    }),
  );
  await answered;

  // Four wait for as long as Stripe may take; who opens more windows is told at once.
  const at_once = shown.filter(({ is_late }) => !is_late);
  expect(at_once).toHaveLength(2);
  for (const { page } of at_once) {
    expect(stateOf(page)).toBe('processing');
    expect([page.status, offers(page, 'confirm')]).toEqual([200, false]);
    expect(page.headers.get('refresh')).toMatch(/^2; url=\/r\/page\/rec_[a-z2-7]+\?look=1$/);
    expect(page.html).toContain('This page looks again by itself.');
    expect(page.html).not.toContain('not charged');
  }
});

test('Stripe’s answer leads to the bank though the lease cannot be given back', async () => {
  const { charge, browser, page } = await opened();
  const { leases } = world.deps;
  const release = () => Promise.reject(new Error('no database'));
  Object.assign(world.deps, { leases: { ...leases, release } });

  const bank = await browser.press(page, 'confirm');
  Object.assign(world.deps, { leases });

  expect(bank.url).toContain('/3ds/');
  expect(await states(charge)).toEqual(['authentication_required', 'awaiting_customer']);
});
