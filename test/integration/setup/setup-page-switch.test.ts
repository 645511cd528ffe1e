/** The press on our page when its setup has a SetupIntent already: one of the two saves a card, never both. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { settleSetup } from '../../../src/billing/setup/settle-setup.ts';
import { configureFailpoints } from '../../../src/platform/failpoints.ts';
import { stateOf } from '../recovery/recovery-world.ts';
import { createSetupPageWorld, type SetupPageWorld, VISA } from './setup-page-world.ts';

let world: SetupPageWorld;

beforeAll(async () => {
  world = await createSetupPageWorld();
});

afterAll(() => world.close());
afterEach(() => configureFailpoints(null, { testMode: true }));

const work = () => world.api.world.work();

async function opened() {
  const given = await world.asked();
  await work();
  const browser = world.browser();
  return { ...given, browser, page: await browser.get(given.link) };
}

const statuses = async (id: string) => (await world.intents(id)).map(({ status }) => status);

/** No key had two bodies, and none was refused for it. */
async function expectHonestKeys(id: string): Promise<void> {
  const bodies = new Map<string, string>();
  for (const { idempotency_key, body, path } of await world.api.world.simulator.control.requests()) {
    if (!idempotency_key?.includes(id)) continue;
    const sent = `${path} ${JSON.stringify(body)}`;
    expect(bodies.get(idempotency_key) ?? sent).toBe(sent);
    bodies.set(idempotency_key, sent);
  }
  expect(bodies.size).toBeGreaterThan(0);
}

const PLACES = [
  'setup.switch.before',
  'setup.switch.after_effect',
  'setup.create.before',
  'setup.create.after_effect',
  'setup.bind.before',
  'setup.bind.after_effect',
] as const;

describe('a press that dies', () => {
  test.each(PLACES)(
    'at %s is taken up by the next one, with one Session and no live SetupIntent beside it',
    async (place) => {
      const { id, browser, page } = await opened();
      configureFailpoints(`${place}:throw@1`, { testMode: true });
      expect((await browser.press(page, 'accept')).status).toBe(503);
      expect((await world.consent(id)).accepted_at).toBeInstanceOf(Date);

      const checkout = await browser.press(page, 'accept');
      expect(checkout.url).toContain('/c/pay/');
      expect(await world.sessions(id)).toHaveLength(1);
      expect((await statuses(id)).filter((status) => status !== 'canceled')).toHaveLength(1);
      const back = await browser.press(checkout, 'checkout-pay', { number: VISA });
      await work();

      expect(stateOf(back)).toBe('saved');
      expect((await statuses(id)).sort()).toEqual(['canceled', 'succeeded']);
      expect((await world.setup(id)).status).toBe('succeeded');
      await expectHonestKeys(id);
    },
  );

  test.each(PLACES)('at %s is finished by a worker', async (place) => {
    const { id, browser, page } = await opened();
    configureFailpoints(`${place}:throw@1`, { testMode: true });
    await browser.press(page, 'accept');

    await work();

    expect((await world.setup(id)).status).toBe('awaiting_customer');
    expect((await world.sessions(id)).map(({ status }) => status)).toEqual(['open']);
    expect((await browser.press(page, 'accept')).url).toContain('/c/pay/');
    await expectHonestKeys(id);
  });

  test.each(PLACES)(
    'at %s and is canceled by the merchant leaves nothing to save a card with',
    async (place) => {
      const { id, link, browser, page } = await opened();
      configureFailpoints(`${place}:throw@1`, { testMode: true });
      await browser.press(page, 'accept');
      await world.api.post(`/v1/setups/${id}/cancel`);

      await work();
      await world.api.world.advance(120);
      await work();

      expect((await world.setup(id)).status).toBe('canceled');
      expect((await statuses(id)).filter((status) => status !== 'canceled')).toEqual([]);
      expect((await world.sessions(id)).filter(({ status }) => status === 'open')).toEqual([]);
      expect(stateOf(await world.browser().get(link))).toBe('canceled');
      await expectHonestKeys(id);
    },
  );
});

test('a card that the merchant’s page saved in the same moment stays, and no Session is made', async () => {
  const { id, customer, browser, page } = await opened();
  await world.confirmOnMerchantsPage(id);

  const pressed = await browser.press(page, 'accept');

  expect([pressed.status, stateOf(pressed)]).toEqual([200, 'saved']);
  expect(await world.sessions(id)).toEqual([]);
  expect(await world.methods(customer)).toMatchObject([{ status: 'usable', default: true }]);
});

test('the end of the SetupIntent that we ended is not the setup’s, whoever tells of it', async () => {
  const { id, browser, page } = await opened();
  configureFailpoints('setup.create.before:throw@1', { testMode: true });
  await browser.press(page, 'accept');
  const [ended] = await world.intents(id);
  expect(ended?.status).toBe('canceled');
  const told = () => world.sql`
    select state from inbox_events where type = 'setup_intent.canceled' and object_id = ${ended?.id ?? ''}`;
  await expect.poll(async () => (await told()).length).toBe(1);

  await world.api.world.work(['inbox_event']);
  expect(await told()).toMatchObject([{ state: 'applied' }]);
  expect((await world.setup(id)).status).toBe('awaiting_customer');
  await work();
  expect((await world.sessions(id)).map(({ status }) => status)).toEqual(['open']);
  await work();
  expect((await world.setup(id)).status).toBe('awaiting_customer');
});

test('the end of the SetupIntent, looked up before a Session replaced it and settled after, is not the setup’s', async () => {
  const { id, browser, page } = await opened();
  await browser.press(page, 'accept');
  const told = () => world.sql`
    select e.id, e.projection->'snapshot' as intent from inbox_events e
    where e.type = 'setup_intent.canceled' and e.projection->'snapshot'->'metadata'->>'dc_setup' = ${id}`;
  await expect.poll(async () => (await told()).length).toBe(1);
  const [{ id: cause_reference, intent } = {}] = await told();
  expect(intent).toMatchObject({ status: 'canceled' });

  await settleSetup(world.api.world.deps, id, { cause: 'stripe', cause_reference, intent });

  expect((await world.setup(id)).status).toBe('awaiting_customer');
  expect((await world.sessions(id)).map(({ status }) => status)).toEqual(['open']);
});

test('a press before any worker came leads to Checkout, and no SetupIntent is made', async () => {
  const { id, link } = await world.asked();
  await world.api.world.work(['customer']);
  const browser = world.browser();

  const checkout = await browser.press(await browser.get(link), 'accept');

  expect(checkout.url).toContain('/c/pay/');
  expect(await world.intents(id)).toHaveLength(1);
  expect((await world.setup(id)).status).toBe('awaiting_customer');
});

test('a press before any worker came, after a create that was forgotten with its row, has a key of its own', async () => {
  const { id, link } = await world.asked();
  await work();
  await world.api.world.sql.unsafe(`
    set session_replication_role = replica;
    update setups set state = 'queued', stripe_setup_intent_id = null, create_opened_at = null, due_at = dc_now()
      where id = '${id}';
    set session_replication_role = default`);
  const browser = world.browser();

  const checkout = await browser.press(await browser.get(link), 'accept');

  expect(checkout.url).toContain('/c/pay/');
  await expectHonestKeys(id);
});

test('Stripe not answering is told as such, keeps the agreement, and the next press goes on', async () => {
  const { id, browser, page } = await opened();
  await world.api.world.simulator.control.faults({
    match: { route: '/v1/checkout/sessions/:id', method: 'GET' },
    action: { type: 'status', status: 503 },
    times: 1,
  });

  const answer = await browser.press(page, 'accept');

  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '30']);
  expect((await world.consent(id)).accepted_at).toBeInstanceOf(Date);
  expect((await browser.press(page, 'accept')).url).toContain('/c/pay/');
});
